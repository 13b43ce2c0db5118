# Amazon Managed Grafana. Without `aws`, everything comes from where every AWS SDK looks: AWS_REGION, AWS_PROFILE,
# ~/.aws/config, the role of the machine.
provider "grafana" {
  alias = "amazon"

  aws = {
    region = "eu-central-1"

    assume_role = {
      role_arn = "arn:aws:iam::123456789012:role/grafana-administrator"
    }
  }
}
