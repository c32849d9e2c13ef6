# What watches the stack and is no part of it: alarms, dashboard, saved queries. The module gets
# names and ARNs. The stack takes back one thing, the alarms that a deploy obeys.

module "observability" {
  source = "./observability"

  prefix     = local.prefix
  region     = var.region
  account_id = local.account_id
  alias      = local.alias
  alarm_arns = local.arns.alarms
  topic_arns = local.arns.topics
  key_arn    = local.keys["alarms"].arn

  functions = { for name, function in aws_lambda_function.function : name => {
    name         = function.function_name
    answers      = contains(keys(local.answering), name)
    reads_queue  = contains(keys(local.consumers), name)
    reads_stream = contains(keys(local.stream_consumers), name)
    is_step      = contains(keys(local.steps), name)
  } }

  schedules = { for name, schedule in aws_scheduler_schedule.function : name => schedule.name }

  machines = { for name, arn in local.arns.machines : name => { arn = arn, invokes = local.invoked[name] } }

  tables = { for name, table in aws_dynamodb_table.table : name => {
    name    = table.name
    indexes = keys(local.tables[name].indexes)
  } }

  queues = { for name, queue in aws_sqs_queue.queue : name => {
    name         = queue.name
    dead_letters = contains(keys(local.behind_dead_queue), name) ? aws_sqs_queue.dead_letters[name].name : null
    consumed     = contains(values(local.consumers)[*].name, name)
  } }

  stream_failures = local.stream_failures
  api_id          = aws_apigatewayv2_api.http.id
  log_groups      = values(aws_cloudwatch_log_group.group)[*].name

  thresholds     = var.alarm_thresholds
  subscriptions  = var.alarm_subscriptions
  runbook_url    = var.runbook_url
  saved_queries  = var.saved_queries
  only_pages     = local.is_small
  guards_deploys = var.canary_minutes > 0
}
