# What scripts, tests and people need to know about a stack that was applied. Keys are the manifest's names.

output "api_endpoint" {
  description = "Base URL of the HTTP API."
  value       = aws_apigatewayv2_api.http.api_endpoint
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

output "bus_names" {
  description = "Name of each event bus."
  value       = { for name, bus in aws_cloudwatch_event_bus.bus : name => bus.name }
}
