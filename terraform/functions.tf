# Every function of the manifest, published as a version behind the alias that everybody calls.

resource "aws_lambda_function" "function" {
  for_each = local.functions

  function_name = "${local.prefix}${each.key}"
  description   = each.value.description
  role          = aws_iam_role.function[each.key].arn

  runtime       = "nodejs22.x"
  architectures = ["arm64"]
  handler       = "index.handler"
  memory_size   = each.value.memory_mb
  timeout       = each.value.timeout_seconds
  publish       = true
  # -1 is the account's common pool.
  reserved_concurrent_executions = try(coalesce(var.concurrency[each.key].reserved, -1), -1)

  s3_bucket        = aws_s3_object.code[each.key].bucket
  s3_key           = aws_s3_object.code[each.key].key
  source_code_hash = local.hashes[each.key]

  environment {
    variables = merge(
      {
        CONTRA_ACCOUNT_ID  = local.account_id
        CONTRA_ENVIRONMENT = var.environment
        CONTRA_FUNCTION    = each.key
        CONTRA_PREFIX      = local.prefix
      },
      each.value.provider ? { CONTRA_PROVIDER_URL = local.provider_url } : {},
      each.value.sandbox ? { CONTRA_API_URL = coalesce(var.api_url, aws_apigatewayv2_api.http.api_endpoint) } : {},
      var.policy != null ? { CONTRA_POLICY = var.policy } : {},
    )
  }

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.group["function/${each.key}"].name
  }

  tracing_config {
    mode = "Active"
  }

  # A version that runs before its policy exists would fail its first payments.
  depends_on = [aws_iam_role_policy.function]
}

resource "aws_lambda_alias" "live" {
  for_each = local.functions

  name             = local.alias
  description      = "What callers reach."
  function_name    = aws_lambda_function.function[each.key].function_name
  function_version = aws_lambda_function.function[each.key].version

  # An apply publishes, a deploy moves: see deploys.tf.
  lifecycle {
    ignore_changes = [function_version, routing_config]
  }
}
