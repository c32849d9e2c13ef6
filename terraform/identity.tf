# Who issues tokens: a pool of our own, for machines only, or an issuer that was there before us
# (`jwt_issuer`), and then no pool is made. Scopes are those that the manifest's routes ask for.

locals {
  # One of our own, or none: what a pool consists of is made for each of these.
  pools = var.jwt_issuer == null ? toset(["own"]) : toset([])

  issuer   = one(concat([for pool in aws_cognito_user_pool.pool : "https://cognito-idp.${var.region}.amazonaws.com/${pool.id}"], var.jwt_issuer[*]))
  audience = var.jwt_issuer == null ? values(aws_cognito_user_pool_client.client)[*].id : var.jwt_audience

  scopes = distinct(flatten([for function in local.functions : [for route in function.routes : route.scope if can(route.scope)]]))
  # An operator gets what crosses tenants, and reads: a balance of the house is behind both. Each
  # has a client of their own, because what they do is written down by it. Merchants get the rest.
  clients = var.jwt_issuer != null ? {} : merge(
    { for merchant in var.merchants : "merchant-${merchant}" => [for scope in local.scopes : scope if scope != "ops"] },
    { for operator in keys(var.operators) : "operator-${operator}" => [for scope in local.scopes : scope if scope == "ops" || endswith(scope, ":read")] },
  )
}

resource "aws_cognito_user_pool" "pool" {
  for_each = local.pools

  name                = "${local.prefix}clients"
  deletion_protection = var.deletion_protection ? "ACTIVE" : "INACTIVE"

  # No person has an account here, and nobody makes one.
  admin_create_user_config {
    allow_admin_create_user_only = true
  }
}

# Where tokens are fetched. The name is one for all accounts of the region, hence the account in it.
resource "aws_cognito_user_pool_domain" "tokens" {
  for_each = local.pools

  domain       = "${local.prefix}contra-${local.account_id}"
  user_pool_id = aws_cognito_user_pool.pool[each.key].id
}

resource "aws_cognito_resource_server" "api" {
  for_each = local.pools

  identifier   = trimsuffix(var.scope_prefix, "/")
  name         = "${local.prefix}api"
  user_pool_id = aws_cognito_user_pool.pool[each.key].id

  dynamic "scope" {
    for_each = local.scopes

    content {
      scope_name        = scope.value
      scope_description = "The routes that ask for ${scope.value}."
    }
  }
}

# A client is a tenant: its id is the merchant where a token carries no `merchant_id`, and the
# audience that the API checks.
resource "aws_cognito_user_pool_client" "client" {
  for_each = local.clients

  name         = "${local.prefix}${each.key}"
  user_pool_id = one(values(aws_cognito_user_pool.pool)).id

  generate_secret                      = true
  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_flows                  = ["client_credentials"]
  allowed_oauth_scopes                 = [for scope in each.value : "${one(values(aws_cognito_resource_server.api)).identifier}/${scope}"]

  access_token_validity = 60

  token_validity_units {
    access_token = "minutes"
  }
}
