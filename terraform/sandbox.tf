# The sandbox provider's own API. It stands where a provider's would: another host, another key, no
# token of ours.

locals {
  # Another provider may be brought along; the sandbox is then there and is not called.
  provider_url = coalesce(var.provider_url, one(aws_apigatewayv2_api.sandbox[*].api_endpoint))

  sandbox_answering = { for name, function in local.functions : name => function if function.sandbox && length(function.routes) > 0 }
  sandbox_routes = merge([
    for name, function in local.sandbox_answering : {
      for route in function.routes : "${route.method} ${route.path}" => { function = name, throttle = route.throttle }
    }
  ]...)

  # One for the whole stage. Routes of two classes fail the plan here.
  sandbox_throttle = one(distinct(values(local.sandbox_routes)[*].throttle))
}

resource "aws_apigatewayv2_api" "sandbox" {
  count = local.has_sandbox ? 1 : 0

  name          = "${local.prefix}sandbox"
  description   = "A payment provider for money that is not real."
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_stage" "sandbox" {
  count = local.has_sandbox ? 1 : 0

  api_id      = aws_apigatewayv2_api.sandbox[0].id
  name        = "$default"
  auto_deploy = true

  default_route_settings {
    throttling_rate_limit  = var.throttles[local.sandbox_throttle].rate_per_second
    throttling_burst_limit = var.throttles[local.sandbox_throttle].burst
  }

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.group["api/sandbox"].arn
    format = jsonencode({
      request_id = "$context.requestId"
      time       = "$context.requestTime"
      route      = "$context.routeKey"
      status     = "$context.status"
      latency_ms = "$context.responseLatency"
      error      = "$context.error.message"
    })
  }
}

resource "aws_apigatewayv2_integration" "sandbox" {
  for_each = local.sandbox_answering

  api_id                 = aws_apigatewayv2_api.sandbox[0].id
  integration_type       = "AWS_PROXY"
  integration_uri        = aws_lambda_alias.live[each.key].invoke_arn
  integration_method     = "POST"
  payload_format_version = "2.0"
  timeout_milliseconds   = min(30, each.value.timeout_seconds) * 1000
}

# Open to the gateway: the function itself asks for the provider's key.
resource "aws_apigatewayv2_route" "sandbox" {
  for_each = local.sandbox_routes

  api_id             = aws_apigatewayv2_api.sandbox[0].id
  route_key          = each.key
  target             = "integrations/${aws_apigatewayv2_integration.sandbox[each.value.function].id}"
  authorization_type = "NONE"
}

resource "aws_lambda_permission" "sandbox" {
  for_each = local.sandbox_answering

  function_name = aws_lambda_function.function[each.key].function_name
  qualifier     = aws_lambda_alias.live[each.key].name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.sandbox[0].execution_arn}/*/*"
}
