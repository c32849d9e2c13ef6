# The routes of the manifest: which function answers, and which scope the token must carry. A route without a scope is
# open to everybody, and says so by having none.

locals {
  routes = merge([
    for name, function in local.functions : {
      for route in function.routes : (route.path == "$default" ? route.path : "${route.method} ${route.path}") => {
        function = name
        scopes   = [for scope in compact([lookup(route, "scope", "")]) : "${var.scope_prefix}${scope}"]
      }
    } if !function.sandbox
  ]...)

  answering = { for name, function in local.functions : name => function if length(function.routes) > 0 && !function.sandbox }
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
