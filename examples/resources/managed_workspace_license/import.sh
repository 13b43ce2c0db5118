# By the ID of the workspace, in the region of the provider
terraform import managed_workspace_license.metrics g-0123456789

# In another region
terraform import managed_workspace_license.metrics g-0123456789@eu-central-1
