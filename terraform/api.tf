# The HTTP API: its stage, what it lets in, and what it writes down about each request.

resource "aws_apigatewayv2_api" "http" {
  name          = "${local.prefix}http"
  description   = "Payments in, their state out."
  protocol_type = "HTTP"

  dynamic "cors_configuration" {
    for_each = length(var.cors_allow_origins) > 0 ? [var.cors_allow_origins] : []

    content {
      allow_origins  = cors_configuration.value
      allow_methods  = distinct([for key in keys(local.routes) : split(" ", key)[0] if key != "$default"])
      allow_headers  = ["authorization", "content-type", "idempotency-key"]
      expose_headers = ["idempotent-replayed", "location", "retry-after"]
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
}

# The stage without a name, so that paths are the ones of the contract and carry no prefix.
resource "aws_apigatewayv2_stage" "default" {
  api_id      = aws_apigatewayv2_api.http.id
  name        = "$default"
  auto_deploy = true

  # What no route of its own matches is open to everybody.
  default_route_settings {
    throttling_rate_limit    = var.throttles.open.rate_per_second
    throttling_burst_limit   = var.throttles.open.burst
    detailed_metrics_enabled = true
  }

  dynamic "route_settings" {
    for_each = local.route_throttles

    content {
      route_key                = route_settings.key
      throttling_rate_limit    = route_settings.value.rate_per_second
      throttling_burst_limit   = route_settings.value.burst
      detailed_metrics_enabled = true
    }
  }

  # HTTP APIs are not traced: the function's own request id leads to its lines, which carry the trace.
  # Neither a token nor a body nor a query string is written down.
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
