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
    issuer   = var.jwt_issuer
    audience = var.jwt_audience
  }
}

resource "aws_cloudwatch_log_group" "api" {
  name              = "/aws/vendedlogs/http-api/${local.prefix}http"
  retention_in_days = var.log_retention_days
}

# The stage without a name, so that paths are the ones of the contract and carry no prefix.
resource "aws_apigatewayv2_stage" "default" {
  api_id      = aws_apigatewayv2_api.http.id
  name        = "$default"
  auto_deploy = true

  default_route_settings {
    throttling_rate_limit    = var.throttle.rate_per_second
    throttling_burst_limit   = var.throttle.burst
    detailed_metrics_enabled = true
  }

  # Neither a token nor a body nor a query string is written down.
  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.api.arn
    format = jsonencode({
      request_id         = "$context.requestId"
      time               = "$context.requestTime"
      route              = "$context.routeKey"
      status             = "$context.status"
      latency_ms         = "$context.responseLatency"
      integration_ms     = "$context.integrationLatency"
      integration_status = "$context.integrationStatus"
      error              = "$context.error.message"
      authorizer_error   = "$context.authorizer.error"
      client_id          = "$context.authorizer.claims.client_id"
      source_ip          = "$context.identity.sourceIp"
    })
  }
}
