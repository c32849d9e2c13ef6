# One page for the whole workspace: what payments come to, how fast, what waits, what fails, and what a payment costs.

locals {
  charts = concat(local.payment_charts, local.cost_charts, local.service_charts)

  payment_charts = [
    { title = "Payments by state", search = ["PaymentsAccepted", "PaymentsCompleted", "PaymentsFailed", "PaymentsCanceled", "PaymentsParked"], stat = "Sum" },
    { title = "Requests replayed and refused", search = ["PaymentsReplayed", "RequestsRefused"], stat = "Sum" },
    { title = "Saga duration, median, s", search = ["SagaSeconds"], stat = "p50" },
    { title = "Saga duration, slowest in a hundred, s", search = ["SagaSeconds"], stat = "p99" },
    { title = "Step errors by kind and by step", search = ["StepErrors", "StepsThrew"], stat = "Sum" },
    { title = "Provider answers and breaker", search = ["ProviderAnswers", "BreakerOpened"], stat = "Sum" },
    { title = "Provider latency, slowest in a hundred, ms", search = ["ProviderMilliseconds"], stat = "p99" },
    { title = "Integrity: findings, in review", search = ["FindingsOpened", "PaymentsInReview"], stat = "Sum" },
    { title = "Oldest open payment, oldest in transit, relay lag, s", search = ["OldestOpenSeconds", "OldestInTransitSeconds", "RelaySeconds"], stat = "Maximum" },
    { title = "Value in transit, USDC", search = ["ValueInTransit"], stat = "Maximum" },
    { title = "Starts queued and held, switches on", search = ["StartsQueued", "StartsHeld", "SwitchesOn"], stat = "Sum" },
    { title = "Journals a batch", search = ["JournalsFolded"], stat = "Average" },
  ]

  service_charts = [
    { title = "Requests, 4xx, 5xx", stat = "Sum", lines = [
      for metric in ["Count", "4xx", "5xx"] : ["AWS/ApiGateway", metric, "ApiId", aws_apigatewayv2_api.http.id]
    ] },
    { title = "API latency, slowest in a hundred, ms", stat = "p99", lines = [
      for metric in ["Latency", "IntegrationLatency"] : ["AWS/ApiGateway", metric, "ApiId", aws_apigatewayv2_api.http.id]
    ] },
    { title = "Queue ages, s", stat = "Maximum", lines = [
      for queue in concat(values(aws_sqs_queue.queue), values(aws_sqs_queue.dead_letters)) : ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", queue.name]
    ] },
    { title = "Stream lag, ms", stat = "Maximum", lines = [
      for name in keys(local.stream_consumers) : ["AWS/Lambda", "IteratorAge", "FunctionName", aws_lambda_function.function[name].function_name]
    ] },
    { title = "Executions", stat = "Sum", lines = flatten([for name in keys(local.machines) : [
      for metric in ["ExecutionsStarted", "ExecutionsSucceeded", "ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"] :
      { line = ["AWS/States", metric, "StateMachineArn", local.arns.machines[name]] }
    ]])[*].line },
    { title = "Function errors", stat = "Sum", lines = [
      for function in values(aws_lambda_function.function) : ["AWS/Lambda", "Errors", "FunctionName", function.function_name]
    ] },
    { title = "Throttles", stat = "Sum", lines = concat(
      [for function in values(aws_lambda_function.function) : ["AWS/Lambda", "Throttles", "FunctionName", function.function_name]],
      [for table in values(aws_dynamodb_table.table) : ["AWS/DynamoDB", "WriteThrottleEvents", "TableName", table.name]],
      [for name in keys(local.machines) : ["AWS/States", "ExecutionThrottled", "StateMachineArn", local.arns.machines[name]]],
    ) },
  ]

  # A search finds a metric by its dimensions, so that a new rail or kind shows without an apply.
  chart_metrics = [for chart in local.charts : can(chart.search)
    ? [for name in chart.search : [{ expression = format(local.searches[name], chart.stat), label = name }]]
    : chart.lines
  ]
}

resource "aws_cloudwatch_dashboard" "overview" {
  dashboard_name = "${local.prefix}overview"

  dashboard_body = jsonencode({
    widgets = concat(
      [{
        type = "alarm", x = 0, y = 0, width = 24, height = 4
        properties = {
          title  = "Alarms"
          alarms = concat([aws_cloudwatch_composite_alarm.page.arn], values(aws_cloudwatch_metric_alarm.alarm)[*].arn)
        }
      }],
      [for index, chart in local.charts : {
        type = "metric", x = index % 3 * 8, y = 4 + floor(index / 3) * 6, width = 8, height = 6
        properties = {
          title   = chart.title
          region  = var.region
          period  = 60
          stat    = chart.stat
          view    = "timeSeries"
          metrics = local.chart_metrics[index]
        }
      }],
    )
  })
}
