// A provider on HashiCorp's terraform-plugin-framework with the schema of grafana_api_key that does nothing:
// `cargo xtask bench --beside target/peer` measures it beside the provider. It needs Go, so nothing else builds it:
//
//	go -C benches/peer build -o ../../target/peer
package main

import (
	"context"
	"fmt"
	"log"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	providerschema "github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

const (
	address = "registry.terraform.io/grafana-license/grafana"
	// As long as the secret of a key in Grafana.
	secret = "glsa_0123456789abcdefghijklmnopqrstuv_01234567"
)

func main() {
	serve := providerserver.ServeOpts{Address: address, ProtocolVersion: 6}
	if err := providerserver.Serve(context.Background(), func() provider.Provider { return peer{} }, serve); err != nil {
		log.Fatal(err)
	}
}

type peer struct{}

func (peer) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "grafana"
}

// The attributes that the measured configurations may set in the environment, and no others.
func (peer) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = providerschema.Schema{Attributes: map[string]providerschema.Attribute{
		"url":  providerschema.StringAttribute{Optional: true},
		"auth": providerschema.StringAttribute{Optional: true, Sensitive: true},
	}}
}

func (peer) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}

func (peer) DataSources(context.Context) []func() datasource.DataSource { return nil }

func (peer) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return keys{} }}
}

type keys struct{}

type model struct {
	ID                  types.String `tfsdk:"id"`
	OrgID               types.String `tfsdk:"org_id"`
	Name                types.String `tfsdk:"name"`
	NamePrefix          types.String `tfsdk:"name_prefix"`
	Role                types.String `tfsdk:"role"`
	SecondsToLive       types.Int64  `tfsdk:"seconds_to_live"`
	EarlyRotationWindow types.Int64  `tfsdk:"early_rotation_window_seconds"`
	DeleteOnDestroy     types.Bool   `tfsdk:"delete_on_destroy"`
	Key                 types.String `tfsdk:"key"`
	Expiration          types.String `tfsdk:"expiration"`
	HasExpired          types.Bool   `tfsdk:"has_expired"`
	ReadyForRotation    types.Bool   `tfsdk:"ready_for_rotation"`
	IsRevoked           types.Bool   `tfsdk:"is_revoked"`
	IsDisabled          types.Bool   `tfsdk:"is_disabled"`
	Backend             types.String `tfsdk:"backend"`
	ServiceAccountID    types.Int64  `tfsdk:"service_account_id"`
}

func (keys) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "grafana_api_key"
}

func (keys) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	keptText := []planmodifier.String{stringplanmodifier.UseStateForUnknown()}
	replacesText := []planmodifier.String{stringplanmodifier.RequiresReplace()}
	keptAndReplaces := []planmodifier.String{stringplanmodifier.UseStateForUnknown(), stringplanmodifier.RequiresReplace()}
	text := schema.StringAttribute{Computed: true, PlanModifiers: keptText}
	flag := schema.BoolAttribute{Computed: true, PlanModifiers: []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()}}
	secretText := schema.StringAttribute{Computed: true, Sensitive: true, PlanModifiers: keptText}
	number := schema.Int64Attribute{Computed: true, PlanModifiers: []planmodifier.Int64{int64planmodifier.UseStateForUnknown()}}
	lifetime := schema.Int64Attribute{Optional: true, PlanModifiers: []planmodifier.Int64{int64planmodifier.RequiresReplace()}}
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"id":                            text,
		"org_id":                        schema.StringAttribute{Optional: true, Computed: true, PlanModifiers: keptAndReplaces},
		"name":                          schema.StringAttribute{Optional: true, Computed: true, PlanModifiers: keptAndReplaces},
		"name_prefix":                   schema.StringAttribute{Optional: true, PlanModifiers: replacesText},
		"role":                          schema.StringAttribute{Required: true},
		"seconds_to_live":               lifetime,
		"early_rotation_window_seconds": schema.Int64Attribute{Optional: true},
		"delete_on_destroy":             schema.BoolAttribute{Optional: true},
		"key":                           secretText,
		"expiration":                    text,
		"has_expired":                   flag,
		"ready_for_rotation":            flag,
		"is_revoked":                    flag,
		"is_disabled":                   flag,
		"backend":                       text,
		"service_account_id":            number,
	}}
}

func (keys) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"org_id": identityschema.StringAttribute{RequiredForImport: true},
		"key_id": identityschema.Int64Attribute{RequiredForImport: true},
	}}
}

type identity struct {
	OrgID types.String `tfsdk:"org_id"`
	KeyID types.Int64  `tfsdk:"key_id"`
}

func identityOf(id types.String) identity {
	organization, number, _ := strings.Cut(id.ValueString(), ":")
	key, _ := strconv.ParseInt(number, 10, 64)
	return identity{OrgID: types.StringValue(organization), KeyID: types.Int64Value(key)}
}

var created atomic.Int64

func (keys) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	plan.ID = types.StringValue(fmt.Sprintf("1:%d", created.Add(1)))
	plan.Key = types.StringValue(secret)
	plan.Expiration = types.StringNull()
	plan.HasExpired = types.BoolValue(false)
	plan.ReadyForRotation = types.BoolValue(false)
	plan.IsRevoked = types.BoolValue(false)
	plan.IsDisabled = types.BoolValue(false)
	plan.Backend = types.StringValue("api_key")
	plan.ServiceAccountID = types.Int64Null()
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	if resp.Identity != nil {
		resp.Diagnostics.Append(resp.Identity.Set(ctx, identityOf(plan.ID))...)
	}
}

func (keys) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
	if resp.Identity != nil {
		resp.Diagnostics.Append(resp.Identity.Set(ctx, identityOf(state.ID))...)
	}
}

func (keys) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

func (keys) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}

func (keys) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	resource.ImportStatePassthroughID(ctx, path.Root("id"), req, resp)
}
