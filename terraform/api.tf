# The HTTP API: its stage, the manifest's routes, what each lets in, and what is written down about
# each request. A route without a scope is open to everybody, and says so by having none.

locals {
  # HEAD is answered like GET: each GET has its twin, the same in all but the method.
  served = {
    for name, function in local.functions : name => flatten([
      for route in function.routes : [for method in(route.method == "GET" ? ["GET", "HEAD"] : [route.method]) : merge(route, { method = method })]
    ])
  }

  routes = merge([
    for name, function in local.functions : {
      for route in local.served[name] : (route.path == "$default" ? route.path : "${route.method} ${route.path}") => {
        function = name
        scopes   = [for scope in compact([lookup(route, "scope", ""), lookup(route, "or_scope", "")]) : "${var.scope_prefix}${scope}"]
        throttle = route.throttle
      }
    } if !function.sandbox
  ]...)

  answering = { for name, function in local.functions : name => function if length(function.routes) > 0 && !function.sandbox }
}

resource "aws_apigatewayv2_api" "http" {
  name          = "${local.prefix}http"
  description   = "Payments in, their state out."
  protocol_type = "HTTP"

  disable_execute_api_endpoint = var.api_domain != null

  dynamic "cors_configuration" {
    for_each = length(var.cors_allow_origins) > 0 ? [var.cors_allow_origins] : []

    content {
      allow_origins  = cors_configuration.value
      allow_methods  = distinct([for key in keys(local.routes) : split(" ", key)[0] if key != "$default"])
      allow_headers  = ["authorization", "content-type", "idempotency-key", "if-match"]
      expose_headers = ["idempotent-replayed", "location", "ratelimit", "ratelimit-policy", "retry-after", "x-request-id", "x-trace-id"]
      max_age        = 600
    }
  }
}

resource "aws_apigatewayv2_authorizer" "jwt" {
  api_id           = aws_apigatewayv2_api.http.id
  name             = "jwt"
  authorizer_type  = "JWT"
  identity_sources = ["$request.header.Authorization"]

  jwt_configuration {
    issuer   = local.issuer
    audience = local.audience
  }

  lifecycle {
    precondition {
      condition     = length(local.audience) <= local.limits["authorizer-audiences"].most
      error_message = "An authorizer of API Gateway knows ${local.limits["authorizer-audiences"].most} audiences: merchants and operators together; more need an issuer with one audience for all."
    }
  }
}

# The stage without a name, so that paths are the ones of the contract and carry no prefix.
resource "aws_apigatewayv2_stage" "default" {
  api_id      = aws_apigatewayv2_api.http.id
  name        = "$default"
  auto_deploy = true

  # Of what no route of its own matches.
  default_route_settings {
    throttling_rate_limit    = var.throttles[local.routes["$default"].throttle].rate_per_second
    throttling_burst_limit   = var.throttles[local.routes["$default"].throttle].burst
    detailed_metrics_enabled = !local.is_small
  }

  dynamic "route_settings" {
    for_each = { for key, route in local.routes : key => var.throttles[route.throttle] if key != "$default" }

    content {
      route_key                = route_settings.key
      throttling_rate_limit    = route_settings.value.rate_per_second
      throttling_burst_limit   = route_settings.value.burst
      detailed_metrics_enabled = !local.is_small
    }
  }

  # HTTP APIs are not traced. The function's own request id leads to its lines, which carry the
  # trace. Neither a token nor a body nor a query string is written down.
  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.group["api/http"].arn
    format = jsonencode({
      request_id         = "$context.requestId"
      time               = "$context.requestTime"
      route              = "$context.routeKey"
      status             = "$context.status"
      latency_ms         = "$context.responseLatency"
      integration_ms     = "$context.integrationLatency"
      integration_status = "$context.integrationStatus"
      integration_id     = "$context.integration.requestId"
      response_bytes     = "$context.responseLength"
      protocol           = "$context.protocol"
      error              = "$context.error.message"
      authorizer_error   = "$context.authorizer.error"
      client_id          = "$context.authorizer.claims.client_id"
      merchant_id        = "$context.authorizer.claims.merchant_id"
      source_ip          = "$context.identity.sourceIp"
    })
  }

  # Settings of a route that does not exist yet are refused.
  depends_on = [aws_apigatewayv2_route.route]
}

resource "aws_apigatewayv2_integration" "function" {
  for_each = local.answering

  api_id                 = aws_apigatewayv2_api.http.id
  integration_type       = "AWS_PROXY"
  integration_uri        = aws_lambda_alias.live[each.key].invoke_arn
  integration_method     = "POST"
  payload_format_version = "2.0"
  # API Gateway waits for 30 s at most, however long the function may run.
  timeout_milliseconds = min(30, each.value.timeout_seconds) * 1000
}

resource "aws_apigatewayv2_route" "route" {
  for_each = local.routes

  api_id    = aws_apigatewayv2_api.http.id
  route_key = each.key
  target    = "integrations/${aws_apigatewayv2_integration.function[each.value.function].id}"

  authorization_type   = length(each.value.scopes) > 0 ? "JWT" : "NONE"
  authorizer_id        = length(each.value.scopes) > 0 ? aws_apigatewayv2_authorizer.jwt.id : null
  authorization_scopes = length(each.value.scopes) > 0 ? each.value.scopes : null
}

resource "aws_lambda_permission" "api" {
  for_each = local.answering

  function_name = aws_lambda_function.function[each.key].function_name
  qualifier     = aws_lambda_alias.live[each.key].name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.http.execution_arn}/*/*"
}
