# Production has no part of the sandbox provider, and cannot be without a provider. Run in a
# workspace of production's.

mock_provider "aws" {
  source = "./tests/aws"
}

variables {
  environment  = "prod"
  provider_url = "https://provider.example.com"
  jwt_issuer   = "https://issuer.example.com"
}

run "has_no_sandbox" {
  command = plan

  assert {
    condition = length(concat(
      aws_apigatewayv2_api.sandbox, aws_apigatewayv2_stage.sandbox, [for name, group in aws_cloudwatch_log_group.group : group if name == "api/sandbox"],
      values(aws_apigatewayv2_route.sandbox), values(aws_lambda_permission.sandbox),
    )) == 0
    error_message = "Production has the sandbox's API."
  }

  assert {
    condition = (
      length(local.functions) < length(local.manifest.functions)
      && toset(keys(aws_lambda_function.function)) == toset([for name, function in local.manifest.functions : name if !can(function.sandbox)])
      && toset(keys(aws_dynamodb_table.table)) == toset([for name, table in local.manifest.tables : name if !can(table.sandbox)])
      && toset(keys(aws_sqs_queue.queue)) == toset([for name, queue in local.manifest.queues : name if !can(queue.sandbox)])
      && toset(keys(aws_lambda_event_source_mapping.queue)) == toset([for name, function in local.manifest.functions : name if can(function.queue) && !can(function.sandbox)])
    )
    error_message = "Production has a function, a table or a queue of the sandbox, or lacks one of Contra's."
  }
}

run "names_its_provider" {
  command = plan

  variables {
    provider_url = null
  }

  expect_failures = [var.provider_url]
}

run "refuses_the_placeholders_of_the_committed_settings" {
  command = plan

  variables {
    provider_url = "https://provider.contra.example"
    jwt_issuer   = "https://issuer.contra.example/tenant"
  }

  expect_failures = [var.provider_url, var.jwt_issuer]
}
