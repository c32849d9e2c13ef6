# The sandbox provider: whole where money is not real, absent where it is, and called unless another
# provider is brought along.

mock_provider "aws" {
  source          = "./tests/aws"
  override_during = plan
}

run "stands_where_money_is_not_real" {
  command = plan

  variables {
    provider_url = null
  }

  assert {
    condition = length(local.sandbox_answering) > 0 && (
      toset([for route in aws_apigatewayv2_route.sandbox : route.route_key]) == toset(flatten([
        for function in local.manifest.functions : [for route in try(function.routes, []) : "${route.method} ${route.path}"] if try(function.sandbox, false)
      ]))
      && alltrue([for route in aws_apigatewayv2_route.sandbox : route.api_id == aws_apigatewayv2_api.sandbox[0].id])
    )
    error_message = "The sandbox answers other routes than the manifest's."
  }

  assert {
    condition = alltrue([
      for name in keys(local.sandbox_answering) :
      aws_lambda_permission.sandbox[name].source_arn == "${aws_apigatewayv2_api.sandbox[0].execution_arn}/*/*"
      && aws_apigatewayv2_integration.sandbox[name].timeout_milliseconds <= 30000
    ])
    error_message = "The sandbox's API may not invoke its function."
  }

  assert {
    condition     = alltrue([for name, function in local.functions : !contains([for route in values(local.routes) : route.function], name) if function.sandbox])
    error_message = "Contra's own API leads to the sandbox."
  }

  assert {
    condition = alltrue([
      for name, function in aws_lambda_function.function :
      function.environment[0].variables.CONTRA_PROVIDER_URL == aws_apigatewayv2_api.sandbox[0].api_endpoint if local.functions[name].provider
    ])
    error_message = "The functions that call a provider do not call the sandbox."
  }

  # Whoever knows the repository knows the manifest's key, and is not let in with it.
  assert {
    condition = (
      length(data.aws_secretsmanager_random_password.sandbox) == 2 * length(local.manifest.providers)
      && alltrue([for made in data.aws_secretsmanager_random_password.sandbox : made.password_length >= 32])
      && alltrue([for version in aws_secretsmanager_secret_version.public : version.secret_string_wo_version == 2])
    )
    error_message = "Anybody may call the sandbox, and sign webhooks as it does."
  }

  assert {
    condition = alltrue([
      for name, function in aws_lambda_function.function :
      lookup(function.environment[0].variables, "CONTRA_API_URL", null) == (local.functions[name].sandbox ? aws_apigatewayv2_api.http.api_endpoint : null)
    ])
    error_message = "Exactly the sandbox is told where Contra's API is."
  }
}

run "a_laptops_sandbox_is_called_with_what_it_knows" {
  command = plan

  variables {
    public_credentials = true
  }

  assert {
    condition     = length(data.aws_secretsmanager_random_password.sandbox) == 0 && alltrue([for version in aws_secretsmanager_secret_version.public : version.secret_string_wo_version == 1])
    error_message = "A laptop's sandbox does not know what Contra calls it with."
  }
}
