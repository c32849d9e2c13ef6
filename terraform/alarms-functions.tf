# Alarms of what runs: functions, machines, tables and the API, by the metrics that AWS makes of them.

locals {
  lambda_metrics = { for name in keys(local.functions) : name => {
    for metric in ["Errors", "Invocations", "Throttles", "IteratorAge"] : metric => {
      namespace  = "AWS/Lambda"
      name       = metric
      dimensions = { FunctionName = aws_lambda_function.function[name].function_name }
      stat       = metric == "IteratorAge" ? "Maximum" : "Sum"
    }
  } }

  state_metrics = { for name in keys(local.machines) : name => {
    for metric in ["ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted", "ExecutionThrottled"] : metric => {
      namespace  = "AWS/States"
      name       = metric
      dimensions = { StateMachineArn = local.arns.machines[name] }
      stat       = "Sum"
    }
  } }

  # An index throttles apart from its table, and then throttles the table's writes too.
  throttled = merge(
    { for name in keys(local.tables) : name => { TableName = aws_dynamodb_table.table[name].name } },
    merge([for name, table in local.tables : {
      for index in keys(table.indexes) : "${name}-${index}" => { TableName = aws_dynamodb_table.table[name].name, GlobalSecondaryIndexName = index }
    }]...),
  )

  function_alarms = merge(
    { for name, metrics in local.lambda_metrics : "function-errors/${name}" => {
      description = "${name} throws, times out or runs out of memory."
      expression  = "100 * failed / all"
      threshold   = var.alarm_thresholds.function_error_percent
      minutes     = 5
      metrics     = { failed = metrics.Errors, all = metrics.Invocations }
    } },
    { for name, metrics in local.lambda_metrics : "function-throttles/${name}" => {
      description = "Invocations of ${name} are refused for lack of concurrency."
      minutes     = 5
      metrics     = { throttled = metrics.Throttles }
    } },
    { for name in keys(local.stream_consumers) : "iterator-age/${name}" => {
      description = "${name} lags behind its table's stream, which forgets after 24 hours."
      threshold   = var.alarm_thresholds.iterator_age_seconds * 1000
      times       = 3
      metrics     = { age = local.lambda_metrics[name].IteratorAge }
    } },
    { for name in keys(local.scheduled) : "schedule-missing/${name}" => {
      description = "${name} has not run: what no event announces is found by nobody."
      below       = true
      threshold   = 1
      minutes     = 5
      missing     = "breaching"
      metrics     = { runs = local.lambda_metrics[name].Invocations }
    } },
    { for name, metrics in local.state_metrics : "failed-executions/${name}" => {
      description = "Executions of ${name} failed, timed out or were aborted. Their payments are parked."
      expression  = "FILL(failed, 0) + FILL(late, 0) + FILL(aborted, 0)"
      metrics     = { failed = metrics.ExecutionsFailed, late = metrics.ExecutionsTimedOut, aborted = metrics.ExecutionsAborted }
    } },
    { for name, metrics in local.state_metrics : "throttled-executions/${name}" => {
      description = "Step Functions throttles ${name}."
      minutes     = 5
      metrics     = { throttled = metrics.ExecutionThrottled }
    } },
    { for name, dimensions in local.throttled : "table-throttles/${name}" => {
      description = "DynamoDB throttles ${name}."
      expression  = "FILL(writes, 0) + FILL(reads, 0)"
      minutes     = 5
      metrics = {
        writes = { namespace = "AWS/DynamoDB", name = "WriteThrottleEvents", dimensions = dimensions, stat = "Sum" }
        reads  = { namespace = "AWS/DynamoDB", name = "ReadThrottleEvents", dimensions = dimensions, stat = "Sum" }
      }
    } },
    {
      "api-errors" = {
        description = "The API answers 5xx: clients cannot pay."
        expression  = "100 * failed / all"
        threshold   = var.alarm_thresholds.api_error_percent
        minutes     = 5
        metrics = {
          failed = { namespace = "AWS/ApiGateway", name = "5xx", dimensions = { ApiId = aws_apigatewayv2_api.http.id }, stat = "Sum" }
          all    = { namespace = "AWS/ApiGateway", name = "Count", dimensions = { ApiId = aws_apigatewayv2_api.http.id }, stat = "Sum" }
        }
      }
      "api-latency" = {
        description = "One request in a hundred waits for too long."
        threshold   = var.alarm_thresholds.api_latency_ms
        minutes     = 5
        times       = 3
        metrics     = { slowest = { namespace = "AWS/ApiGateway", name = "Latency", dimensions = { ApiId = aws_apigatewayv2_api.http.id }, stat = "p99" } }
      }
    },
  )
}
