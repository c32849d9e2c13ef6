# One page for the whole workspace: what payments come to, how fast, what waits, what fails, and
# what a payment costs.

locals {
  charts = concat(local.payment_charts, local.cost_charts, local.service_charts)

  payment_charts = [
    { title = "Payments by state", search = ["PaymentsAccepted", "PaymentsCompleted", "PaymentsFailed", "PaymentsCanceled", "PaymentsParked"], stat = "Sum" },
    { title = "Requests replayed and refused", search = ["PaymentsReplayed", "RequestsRefused", "WritesUnmetered"], stat = "Sum" },
    { title = "Saga duration, median, s", search = ["SagaSeconds"], stat = "p50" },
    { title = "Saga duration, slowest in a hundred, s", search = ["SagaSeconds"], stat = "p99" },
    { title = "Step errors by kind and by step", search = ["StepErrors", "StepsThrew"], stat = "Sum" },
    { title = "Provider answers and breaker", search = ["ProviderAnswers", "ProviderWords", "BreakerOpened"], stat = "Sum" },
    { title = "Provider latency, slowest in a hundred, ms", search = ["ProviderMilliseconds"], stat = "p99" },
    { title = "Integrity: findings, in review", search = ["FindingsOpened", "PaymentsInReview"], stat = "Sum" },
    { title = "Oldest open payment, oldest in transit, oldest unfolded journal, relay lag, s", search = ["OldestOpenSeconds", "OldestInTransitSeconds", "OldestUnfoldedSeconds", "RelaySeconds"], stat = "Maximum" },
    { title = "Value in transit, USDC", search = ["ValueInTransit"], stat = "Maximum" },
    { title = "Starts queued and held, switches on", search = ["StartsQueued", "StartsHeld", "SwitchesOn"], stat = "Sum" },
    { title = "Journals a batch", search = ["JournalsFolded"], stat = "Average" },
    { title = "Journals left out by the fold", search = ["JournalsLeftOut"], stat = "Sum" },
  ]

  service_charts = [
    { title = "Requests, 4xx, 5xx", stat = "Sum", lines = [
      for metric in ["Count", "4xx", "5xx"] : ["AWS/ApiGateway", metric, "ApiId", var.api_id]
    ] },
    { title = "API latency, slowest in a hundred, ms", stat = "p99", lines = [
      for metric in ["Latency", "IntegrationLatency"] : ["AWS/ApiGateway", metric, "ApiId", var.api_id]
    ] },
    { title = "Queue ages, s", stat = "Maximum", lines = [
      for queue in concat(values(var.queues)[*].name, compact(values(var.queues)[*].dead_letters)) : ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", queue]
    ] },
    { title = "Stream lag, ms", stat = "Maximum", lines = [
      for function in values(var.functions) : ["AWS/Lambda", "IteratorAge", "FunctionName", function.name] if function.reads_stream
    ] },
    { title = "Executions", stat = "Sum", lines = flatten([for machine in values(var.machines) : [
      for metric in ["ExecutionsStarted", "ExecutionsSucceeded", "ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"] :
      { line = ["AWS/States", metric, "StateMachineArn", machine.arn] }
    ]])[*].line },
    { title = "Function errors", stat = "Sum", lines = [
      for function in values(var.functions) : ["AWS/Lambda", "Errors", "FunctionName", function.name]
    ] },
    { title = "Throttles", stat = "Sum", lines = concat(
      [for function in values(var.functions) : ["AWS/Lambda", "Throttles", "FunctionName", function.name]],
      [for table in values(var.tables) : ["AWS/DynamoDB", "WriteThrottleEvents", "TableName", table.name]],
      [for machine in values(var.machines) : ["AWS/States", "ExecutionThrottled", "StateMachineArn", machine.arn]],
    ) },
  ]

  # A search finds a metric by its dimensions, so that a new rail or kind shows without an apply.
  chart_metrics = [for chart in local.charts : can(chart.search)
    ? [for name in chart.search : [{ expression = format(local.searches[name], chart.stat), label = name }]]
    : chart.lines
  ]
}

# What a payment costs, from what AWS counts while payments run: units of the tables and tasks of
# the machines, by the payments completed.
locals {
  # Dollars for a million of each, us-east-1.
  prices      = jsondecode(file("${path.module}/../../scripts/capacity/prices.json"))
  unit_prices = { task = local.prices.transition.dollars, write = local.prices.write.dollars, read = local.prices.read.dollars }

  # Every task that a machine runs, retries too, is a transition. A function that two machines
  # share is counted once.
  tasks = distinct(flatten(values(var.machines)[*].invokes))

  # A metric that only an expression reads, by its id.
  counted = merge(
    { for index, name in local.tasks : "task${index}" => ["AWS/Lambda", "Invocations", "FunctionName", var.functions[name].name] },
    { for index, table in values(var.tables) : "write${index}" => ["AWS/DynamoDB", "ConsumedWriteCapacityUnits", "TableName", table.name] },
    { for index, table in values(var.tables) : "read${index}" => ["AWS/DynamoDB", "ConsumedReadCapacityUnits", "TableName", table.name] },
    { "done" = [local.metrics.namespace, "PaymentsCompleted", "workspace", terraform.workspace] },
  )

  sums = { for unit in keys(local.unit_prices) : unit => "SUM([${join(", ", [for id in keys(local.counted) : id if startswith(id, unit)])}])" }

  hidden_lines = [for id, line in local.counted : concat(line, [{ id = id, visible = false }])]

  cost_charts = [
    { title = "One payment in units", stat = "Sum", lines = concat(local.hidden_lines, [
      for unit, sum in local.sums : [{ expression = "${sum} / done", label = "${unit}s" }]
    ]) },
    { title = "A million of them in dollars, tables and machines", stat = "Sum", lines = concat(local.hidden_lines, [
      [{ expression = "(${join(" + ", [for unit, sum in local.sums : "${local.unit_prices[unit]} * ${sum}"])}) / done", label = "dollars" }],
    ]) },
  ]
}

# The alarms in as many lists as AWS needs, those that page first.
locals {
  shown_alarms = concat(
    [aws_cloudwatch_composite_alarm.page.alarm_name],
    [for key in local.paging : aws_cloudwatch_metric_alarm.alarm[key].alarm_name],
    [for key, alarm in aws_cloudwatch_metric_alarm.alarm : alarm.alarm_name if !contains(local.paging, key)],
  )

  alarm_lists = chunklist(
    [for name in local.shown_alarms : "${trimsuffix(var.alarm_arns, var.prefix)}${name}"],
    jsondecode(file("${path.module}/../aws-limits.json"))["alarm-widget-alarms"].most,
  )

  # A list's rows and a chart's, on a page of 24 columns.
  list_rows  = 4
  chart_rows = 6
}

resource "aws_cloudwatch_dashboard" "overview" {
  count = var.only_pages ? 0 : 1

  dashboard_name = "${var.prefix}overview"

  dashboard_body = jsonencode({
    widgets = concat(
      [for index, alarms in local.alarm_lists : {
        type = "alarm", x = 0, y = index * local.list_rows, width = 24, height = local.list_rows
        properties = {
          title  = index == 0 ? "Alarms, those that page first" : "More alarms"
          alarms = alarms
        }
      }],
      [for index, chart in local.charts : {
        type = "metric", x = index % 3 * 8, y = length(local.alarm_lists) * local.list_rows + floor(index / 3) * local.chart_rows, width = 8, height = local.chart_rows
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
