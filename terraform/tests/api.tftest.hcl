# The HTTP API: the manifest's routes, closed unless the manifest leaves them open, and each
# function may be invoked by it.

mock_provider "aws" {
  source          = "./tests/aws"
  override_during = plan
}

run "routes_are_the_manifests_throttled_and_written_down" {
  command = plan

  # Routes are those of the manifest.

  assert {
    condition = length(aws_apigatewayv2_route.route) > 0 && (
      toset([for route in aws_apigatewayv2_route.route : route.route_key]) == toset(flatten([
        for function in local.manifest.functions : [
          for route in try(function.routes, []) : concat(
            [route.path == "$default" ? "$default" : "${route.method} ${route.path}"],
            route.method == "GET" ? ["HEAD ${route.path}"] : [],
          )
        ] if !can(function.sandbox)
      ]))
    )
    error_message = "The API answers other routes than the manifest's, and HEAD wherever it answers GET."
  }

  # HEAD tells nobody more than GET does, and no more often.

  assert {
    condition = alltrue([
      for key, route in aws_apigatewayv2_route.route : (
        aws_apigatewayv2_route.route["GET ${trimprefix(key, "HEAD ")}"].authorization_type == route.authorization_type
        && try(aws_apigatewayv2_route.route["GET ${trimprefix(key, "HEAD ")}"].authorizer_id, null) == route.authorizer_id
        && aws_apigatewayv2_route.route["GET ${trimprefix(key, "HEAD ")}"].authorization_scopes == route.authorization_scopes
        && local.routes["GET ${trimprefix(key, "HEAD ")}"].function == local.routes[key].function
        && one([for settings in aws_apigatewayv2_stage.default.route_settings : settings.throttling_rate_limit if settings.route_key == key])
        == one([for settings in aws_apigatewayv2_stage.default.route_settings : settings.throttling_rate_limit if settings.route_key == "GET ${trimprefix(key, "HEAD ")}"])
      ) if startswith(key, "HEAD ")
    ])
    error_message = "A HEAD has another authorizer, scope, function or rate than its GET."
  }

  assert {
    condition = alltrue(flatten([
      for name, function in local.manifest.functions : [
        for route in try(function.routes, []) :
        aws_apigatewayv2_route.route["${route.method} ${route.path}"].authorization_type == "JWT"
        && aws_apigatewayv2_route.route["${route.method} ${route.path}"].authorizer_id == aws_apigatewayv2_authorizer.jwt.id
        && aws_apigatewayv2_route.route["${route.method} ${route.path}"].authorization_scopes == toset([for scope in compact([route.scope, try(route.or_scope, "")]) : "contra/${scope}"])
        if can(route.scope)
      ]
    ]))
    error_message = "A route with a scope can be reached without it."
  }

  assert {
    condition = alltrue([
      for key, route in aws_apigatewayv2_route.route : contains(["GET /health", "HEAD /health", "POST /provider-webhooks/{provider}", "$default"], key) if route.authorization_type == "NONE"
    ])
    error_message = "A route is open that does more than say that the service is up or that there is nothing, or verify a signature of its own."
  }

  assert {
    condition = alltrue([
      for name, function in local.manifest.functions :
      aws_lambda_permission.api[name].qualifier == "live"
      && aws_apigatewayv2_integration.function[name].payload_format_version == "2.0"
      && aws_apigatewayv2_integration.function[name].timeout_milliseconds <= 30000
      if can(function.routes) && !can(function.sandbox)
    ])
    error_message = "A function that answers routes may not be invoked by the API."
  }

  # Every route is throttled by what it is for.

  assert {
    condition = { for settings in aws_apigatewayv2_stage.default.route_settings : settings.route_key => settings.throttling_rate_limit } == {
      for route in flatten([
        for function in local.manifest.functions : [
          for route in try(function.routes, []) : concat([route], route.method == "GET" ? [merge(route, { method = "HEAD" })] : [])
        ] if !try(function.sandbox, false)
      ]) :
      "${route.method} ${route.path}" => (
        try(route.scope, "") == "" ? (route.method == "POST" ? 1000 : 300) : route.scope == "ops" ? 20 : contains(["POST", "PATCH"], route.method) ? 600 : 1500
      ) if route.path != "$default"
    }
    error_message = "A route lets in more or less than its kind."
  }

  assert {
    condition = (
      aws_apigatewayv2_stage.default.default_route_settings[0].throttling_rate_limit == 300
      && alltrue([for settings in aws_apigatewayv2_stage.default.route_settings : settings.throttling_burst_limit >= settings.throttling_rate_limit])
    )
    error_message = "What no route matches is not throttled, or a burst is below its rate."
  }

  # The stage writes down who asked for what.

  assert {
    condition     = aws_apigatewayv2_stage.default.access_log_settings[0].destination_arn == aws_cloudwatch_log_group.group["api/http"].arn
    error_message = "Requests are not logged."
  }

  assert {
    condition = alltrue([
      for field in ["request_id", "merchant_id", "client_id", "route", "status", "integration_id", "source_ip"] :
      can(jsondecode(aws_apigatewayv2_stage.default.access_log_settings[0].format)[field])
    ])
    error_message = "A request's line lacks what finds it again."
  }

  assert {
    condition     = length(aws_apigatewayv2_api.http.cors_configuration) == 0
    error_message = "Browsers are answered although no origin is named."
  }
}
