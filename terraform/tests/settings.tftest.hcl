# What an environment is given takes effect, many variables in one plan: each of them shows
# somewhere else.

mock_provider "aws" {
  source          = "./tests/aws"
  override_during = plan
}

run "what_is_told_is_done" {
  command = plan

  variables {
    policy              = "{\"rails\":{\"card\":false},\"max_amount\":{\"EUR\":100},\"card_fee_bps\":200}"
    cors_allow_origins  = ["https://shop.example"]
    saved_queries       = false
    canary_minutes      = 0
    deletion_protection = false
    # A provider on this machine, in development, and another name for our own API.
    provider_url = "http://127.0.0.1:5056/_api/dev-sandbox"
    api_url      = "https://api.example"
    concurrency = {
      accept-payment = { provisioned = 5 }
      sweep-payments = { reserved = 1 }
    }
    consumers = { start-saga = 10 }
  }

  assert {
    condition     = alltrue([for function in aws_lambda_function.function : function.environment[0].variables.CONTRA_POLICY == var.policy])
    error_message = "A function runs without the policy."
  }

  assert {
    condition     = aws_apigatewayv2_api.http.cors_configuration[0].allow_origins == toset(["https://shop.example"])
    error_message = "The named origin is not answered."
  }

  assert {
    condition = (
      contains(aws_apigatewayv2_api.http.cors_configuration[0].allow_methods, "PATCH")
      && contains(aws_apigatewayv2_api.http.cors_configuration[0].allow_headers, "if-match")
    )
    error_message = "A page of another origin may not change a payment that it has read."
  }

  assert {
    condition     = length(module.observability.queries) == 0
    error_message = "A query would be saved where that is not possible."
  }

  assert {
    condition = (
      length(aws_codedeploy_app.functions) + length(aws_codedeploy_deployment_group.function) + length(aws_iam_role.canary) == 0
      && length(module.observability.rollback_alarms.rate) + length(module.observability.rollback_alarms.step) + length(module.observability.rollback_alarms.machine) + length(module.observability.rollback_alarms.defects) == 0
    )
    error_message = "An environment without canaries pays for them."
  }

  assert {
    condition     = alltrue([for table in aws_dynamodb_table.table : !table.deletion_protection_enabled])
    error_message = "The variable does not reach every table."
  }

  assert {
    condition = alltrue([
      for name, function in aws_lambda_function.function :
      lookup(function.environment[0].variables, "CONTRA_PROVIDER_URL", var.provider_url) == var.provider_url
      && lookup(function.environment[0].variables, "CONTRA_API_URL", var.api_url) == var.api_url
    ])
    error_message = "A URL that was given is not the one that is called, or its path is lost."
  }

  assert {
    condition = (
      aws_lambda_provisioned_concurrency_config.warm["accept-payment"].provisioned_concurrent_executions == 5
      && aws_lambda_provisioned_concurrency_config.warm["accept-payment"].qualifier == "live"
      && aws_lambda_function.function["sweep-payments"].reserved_concurrent_executions == 1
      && aws_lambda_function.function["accept-payment"].reserved_concurrent_executions == -1
    )
    error_message = "A function is not kept warm behind its alias, or not bounded."
  }

  assert {
    condition = (
      aws_lambda_event_source_mapping.queue["start-saga"].scaling_config[0].maximum_concurrency == 10
      && length(aws_lambda_event_source_mapping.queue["verify-integrity"].scaling_config) == 0
    )
    error_message = "A consumer is not bounded, or another one is."
  }
}
