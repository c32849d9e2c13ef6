# Who issues tokens: somebody else and no pool, or a pool of our own with clients that may do what
# they are for.

mock_provider "aws" {
  source          = "./tests/aws"
  override_during = plan
}

run "an_issuer_that_is_given_leaves_no_pool" {
  command = plan

  assert {
    condition = (
      length(aws_cognito_user_pool.pool) + length(aws_cognito_user_pool_client.client) + length(aws_cognito_resource_server.api) == 0
      && aws_apigatewayv2_authorizer.jwt.jwt_configuration[0].issuer == "https://issuer.example"
      && aws_apigatewayv2_authorizer.jwt.jwt_configuration[0].audience == toset(["tests"])
    )
    error_message = "A pool is paid for beside an issuer that was given, or the issuer is not believed."
  }
}

# What API Gateway lets in and what the code understands is one prefix: with two, everybody is 403.
run "a_prefix_of_the_issuers_reaches_routes_and_code" {
  command = plan

  variables {
    scope_prefix = "https://pay.example/"
  }

  assert {
    condition = alltrue(flatten([for route in aws_apigatewayv2_route.route : [
      for scope in coalesce(route.authorization_scopes, []) : startswith(scope, "https://pay.example/")
    ]])) && length(flatten([for route in aws_apigatewayv2_route.route : coalesce(route.authorization_scopes, [])])) > 10
    error_message = "A route asks for a scope that the issuer does not give."
  }

  assert {
    condition = alltrue([
      for name in keys(local.answering) : aws_lambda_function.function[name].environment[0].variables["CONTRA_SCOPE_PREFIX"] == "https://pay.example/"
    ])
    error_message = "A function does not know what stands before a scope, and refuses everybody."
  }
}

run "an_issuer_without_a_prefix_is_told_by_none" {
  command = plan

  variables {
    scope_prefix = ""
  }

  assert {
    condition     = alltrue([for name in keys(local.answering) : !can(aws_lambda_function.function[name].environment[0].variables["CONTRA_SCOPE_PREFIX"])])
    error_message = "A function looks for a prefix that no scope has."
  }
}

run "refuses_a_prefix_that_our_own_pool_cannot_give" {
  command = plan

  variables {
    jwt_issuer   = null
    jwt_audience = []
    scope_prefix = "contra:"
  }

  expect_failures = [var.scope_prefix]
}

run "without_one_the_pool_knows_the_scopes_of_the_manifest" {
  command = plan

  variables {
    jwt_issuer   = null
    jwt_audience = []
    merchants    = ["m1", "m2"]
    operators    = { mia = "Mia, on call", noa = "Noa, treasury" }
  }

  assert {
    condition = toset([for scope in aws_cognito_resource_server.api["own"].scope : scope.scope_name]) == toset(flatten([
      for function in local.manifest.functions : [for route in try(function.routes, []) : route.scope if can(route.scope)]
    ])) && aws_cognito_resource_server.api["own"].identifier == "contra"
    error_message = "A scope that a route asks for cannot be had, or one that none asks for can."
  }

  assert {
    condition = keys(aws_cognito_user_pool_client.client) == ["merchant-m1", "merchant-m2", "operator-mia", "operator-noa"] && alltrue([
      for name, client in aws_cognito_user_pool_client.client :
      client.generate_secret && client.allowed_oauth_flows == toset(["client_credentials"])
      && client.allowed_oauth_scopes == toset(startswith(name, "operator-") ? ["contra/ops", "contra/payments:read"] : ["contra/payments:read", "contra/payments:write"])
    ])
    error_message = "A client is no machine, or may do what it is not for."
  }

  assert {
    condition     = toset(values(output.operators)) == toset(["Mia, on call", "Noa, treasury"])
    error_message = "Nobody can tell who did what an entry of the operator's journal says."
  }

  assert {
    condition = (
      aws_apigatewayv2_authorizer.jwt.jwt_configuration[0].issuer == "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_mocked"
      && aws_apigatewayv2_authorizer.jwt.jwt_configuration[0].audience == toset(values(aws_cognito_user_pool_client.client)[*].id)
    )
    error_message = "The API does not take its own pool's tokens, or takes others."
  }

  assert {
    condition     = aws_cognito_user_pool.pool["own"].deletion_protection == "ACTIVE" && aws_cognito_user_pool.pool["own"].admin_create_user_config[0].allow_admin_create_user_only
    error_message = "A pool can be lost, or anybody can join it."
  }

  assert {
    condition     = startswith(output.token_endpoint, "https://${terraform.workspace}-contra-123456789012.auth.") && keys(output.client_ids) == keys(aws_cognito_user_pool_client.client)
    error_message = "Nobody can find out where tokens are."
  }
}
