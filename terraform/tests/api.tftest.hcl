# The HTTP API: the manifest's routes, closed unless the manifest leaves them open, and the way to each function allowed.

mock_provider "aws" {
  source = "./tests/aws"
}

run "routes_are_those_of_the_manifest" {
  assert {
    condition = length(aws_apigatewayv2_route.route) > 0 && (
      toset([for route in aws_apigatewayv2_route.route : route.route_key]) == toset(flatten([
        for function in local.manifest.functions : [
          for route in try(function.routes, []) : route.path == "$default" ? "$default" : "${route.method} ${route.path}"
        ]
      ]))
    )
    error_message = "The API answers other routes than the manifest's."
  }

  assert {
    condition = alltrue(flatten([
      for name, function in local.manifest.functions : [
        for route in try(function.routes, []) :
        aws_apigatewayv2_route.route["${route.method} ${route.path}"].authorization_type == "JWT"
        && aws_apigatewayv2_route.route["${route.method} ${route.path}"].authorizer_id == aws_apigatewayv2_authorizer.jwt.id
        && aws_apigatewayv2_route.route["${route.method} ${route.path}"].authorization_scopes == toset(["contra/${route.scope}"])
        if can(route.scope)
      ]
    ]))
    error_message = "A route with a scope can be reached without it."
  }

  assert {
    condition = alltrue([
      for key, route in aws_apigatewayv2_route.route : contains(["GET /health", "POST /provider-webhooks/{provider}", "$default"], key) if route.authorization_type == "NONE"
    ])
    error_message = "A route is open that does more than say that the service is up or that there is nothing, or verify a signature of its own."
  }

  assert {
    condition = alltrue([
      for name, function in local.manifest.functions :
      aws_lambda_permission.api[name].qualifier == "live"
      && aws_apigatewayv2_integration.function[name].payload_format_version == "2.0"
      && aws_apigatewayv2_integration.function[name].timeout_milliseconds <= 30000
      if can(function.routes)
    ])
    error_message = "A function that answers routes may not be invoked by the API."
  }
}

run "the_stage_throttles_and_writes_down" {
  command = plan

  assert {
    condition = (
      aws_apigatewayv2_stage.default.default_route_settings[0].throttling_rate_limit == 1000
      && aws_apigatewayv2_stage.default.default_route_settings[0].throttling_burst_limit == 2000
      && aws_apigatewayv2_stage.default.access_log_settings[0].destination_arn == aws_cloudwatch_log_group.api.arn
    )
    error_message = "The stage is not throttled or not logged."
  }

  assert {
    condition     = length(aws_apigatewayv2_api.http.cors_configuration) == 0
    error_message = "Browsers are answered although no origin is named."
  }
}

run "named_origins_may_call" {
  command = plan

  variables {
    cors_allow_origins = ["https://shop.example"]
  }

  assert {
    condition     = aws_apigatewayv2_api.http.cors_configuration[0].allow_origins == toset(["https://shop.example"])
    error_message = "The named origin is not answered."
  }
}

run "refuses_every_origin_at_once" {
  command = plan

  variables {
    cors_allow_origins = ["*"]
  }

  expect_failures = [var.cors_allow_origins]
}

run "refuses_a_throttle_that_lets_nothing_in" {
  command = plan

  variables {
    throttle = { rate_per_second = 0, burst = 0 }
  }

  expect_failures = [var.throttle]
}
