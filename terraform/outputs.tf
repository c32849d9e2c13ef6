# What scripts, tests and people need to know about a stack that was applied. Keys are the
# manifest's names.

output "api_endpoint" {
  description = "Base URL of the HTTP API."
  value       = var.api_domain == null ? aws_apigatewayv2_api.http.api_endpoint : "https://${var.api_domain.name}"
}

output "api_dns" {
  description = "What the domain's name has to point to where no hosted zone was given; null where there is no domain."
  value       = one([for domain in aws_apigatewayv2_domain_name.api : domain.domain_name_configuration[0].target_domain_name])
}

output "provider_url" {
  description = "Base URL of the payment provider: the sandbox's own API, unless another was given."
  value       = local.provider_url
}

output "token_endpoint" {
  description = "Where clients of our own pool fetch tokens; null where the issuer is another's."
  value       = one([for domain in aws_cognito_user_pool_domain.tokens : "https://${domain.domain}.auth.${var.region}.amazoncognito.com/oauth2/token"])
}

output "user_pool_id" {
  description = "The pool of our own clients; null where the issuer is another's."
  value       = one(values(aws_cognito_user_pool.pool)[*].id)
}

output "client_ids" {
  description = "Id of each client of our own pool; docs/runbook.md says how to read its secret."
  value       = { for name, client in aws_cognito_user_pool_client.client : name => client.id }
}

output "operators" {
  description = "Who each operator is, by the client's id that the operator's journal has under `by`."
  value       = { for name, who in var.jwt_issuer == null ? var.operators : {} : aws_cognito_user_pool_client.client["operator-${name}"].id => who }
}

output "prefix" {
  description = "What stands before every name of this workspace."
  value       = local.prefix
}

output "function_arns" {
  description = "ARN of each function's live alias."
  value       = { for name, alias in aws_lambda_alias.live : name => alias.arn }
}

output "function_permissions" {
  description = "The statements of each function's role, for the table of who may do what."
  value       = local.statements
}

output "machine_arns" {
  description = "ARN of each state machine's live alias."
  value       = { for name, alias in aws_sfn_alias.live : name => alias.arn }
}

output "table_names" {
  description = "Name of each table."
  value       = { for name, table in aws_dynamodb_table.table : name => table.name }
}

output "queue_urls" {
  description = "URL of each queue."
  value       = { for name, queue in aws_sqs_queue.queue : name => queue.url }
}

output "dead_letter_urls" {
  description = "URL of the dead letters of each queue that has them."
  value       = { for name, queue in aws_sqs_queue.dead_letters : name => queue.url }
}

output "switch_names" {
  description = "Name of the parameter of each kill switch; its value is `on` or `off`."
  value       = { for name, parameter in aws_ssm_parameter.switch : name => parameter.name }
}

output "secret_names" {
  description = "Name of each provider's secret; docs/runbook.md says what it holds and who puts it there."
  value       = { for name, secret in aws_secretsmanager_secret.provider : name => secret.name }
}

output "bus_names" {
  description = "Name of each event bus."
  value       = { for name, bus in aws_cloudwatch_event_bus.bus : name => bus.name }
}

output "deployment" {
  description = "What scripts/deploy.ts reads: what this apply published, and how traffic gets there."
  value = {
    region         = var.region
    alias          = local.alias
    canary_minutes = var.canary_minutes
    release        = aws_ssm_parameter.release.name
    code_bucket    = aws_s3_bucket.code.bucket
    alarms = flatten([
      for kind in ["rate", "step", "machine", "defects"] : [for alarm in module.observability.rollback_alarms[kind] : alarm.alarm_name]
    ])
    functions = { for name, function in aws_lambda_function.function : name => {
      function_name = function.function_name
      version       = function.version
      # Of what was built. The provider never looks at what a version's code is, and an update that
      # failed leaves the new hash in the state.
      code_sha256 = local.hashes[name]
      routed      = contains(keys(local.answering), name)
      canary = contains(keys(local.canaries), name) ? {
        application = aws_codedeploy_app.functions[0].name
        group       = aws_codedeploy_deployment_group.function[name].deployment_group_name
      } : null
    } }
    machines = { for name, machine in aws_sfn_state_machine.machine : name => {
      alias_arn   = aws_sfn_alias.live[name].arn
      version_arn = machine.state_machine_version_arn
    } }
  }
}
