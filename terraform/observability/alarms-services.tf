# Alarms of what runs and of what waits: functions, machines, tables, the API and the queues, by
# the metrics that AWS makes of them.

locals {
  lambda_metrics = { for name, function in var.functions : name => {
    for metric in ["Errors", "Invocations", "Throttles", "IteratorAge", "RecursiveInvocationsDropped"] : metric => {
      namespace  = "AWS/Lambda"
      name       = metric
      dimensions = { FunctionName = function.name }
      stat       = metric == "IteratorAge" ? "Maximum" : "Sum"
    }
  } }

  # Whom a circle can go through.
  queue_readers = [for name, function in var.functions : name if function.reads_queue]

  state_metrics = { for name, machine in var.machines : name => {
    for metric in ["ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted", "ExecutionThrottled"] : metric => {
      namespace  = "AWS/States"
      name       = metric
      dimensions = { StateMachineArn = machine.arn }
      stat       = "Sum"
    }
  } }

  # An index throttles apart from its table, and then throttles the table's writes too.
  throttled = merge(
    { for name, table in var.tables : name => { TableName = table.name } },
    merge([for name, table in var.tables : {
      for index in table.indexes : "${name}-${index}" => { TableName = table.name, GlobalSecondaryIndexName = index }
    }]...),
  )

  depth = { namespace = "AWS/SQS", name = "ApproximateNumberOfMessagesVisible", stat = "Maximum" }

  service_alarms = merge(
    { for name, metrics in local.lambda_metrics : "function-errors/${name}" => {
      description = "${name} throws, times out or runs out of memory."
      expression  = "100 * failed / all"
      threshold   = var.thresholds.function_error_percent
      minutes     = 5
      metrics     = { failed = metrics.Errors, all = metrics.Invocations }
    } },
    { for name, metrics in local.lambda_metrics : "function-throttles/${name}" => {
      description = "Invocations of ${name} are refused for lack of concurrency."
      minutes     = 5
      metrics     = { throttled = metrics.Throttles }
    } },
    { for name, function in var.functions : "iterator-age/${name}" => {
      description = "${name} lags behind its table's stream, which forgets after 24 hours."
      threshold   = var.thresholds.iterator_age_seconds * 1000
      times       = 3
      metrics     = { age = local.lambda_metrics[name].IteratorAge }
    } if function.reads_stream },
    {
      "dropped-recursions" = {
        description = "Lambda took a message that waits on purpose for one that goes in circles, and laid it aside."
        expression  = join(" + ", [for name in local.queue_readers : "FILL(${replace(name, "-", "_")}, 0)"])
        metrics     = { for name in local.queue_readers : replace(name, "-", "_") => local.lambda_metrics[name].RecursiveInvocationsDropped }
      }
    },
    { for name in keys(var.schedules) : "schedule-missing/${name}" => {
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
    { for name, queue in var.queues : "dead-letters/${name}" => {
      description = "Messages of the queue ${name} failed every time and were laid aside."
      metrics     = { messages = merge(local.depth, { dimensions = { QueueName = queue.dead_letters } }) }
    } if queue.dead_letters != null },
    { "given-up-records" = {
      description = "A stream's consumer gave up on records: events not relayed, or journals missing from the balances."
      metrics     = { messages = merge(local.depth, { dimensions = { QueueName = var.queues[var.stream_failures].name } }) }
    } },
    { for name, queue in var.queues : "queue-age/${name}" => {
      description = "The oldest message of the queue ${name} waits for too long."
      threshold   = var.thresholds.queue_age_seconds
      times       = 3
      metrics = { age = {
        namespace  = "AWS/SQS"
        name       = "ApproximateAgeOfOldestMessage"
        dimensions = { QueueName = queue.name }
        stat       = "Maximum"
      } }
    } if queue.consumed },
    {
      "api-errors" = {
        description = "The API answers 5xx: clients cannot pay."
        expression  = "100 * failed / all"
        threshold   = var.thresholds.api_error_percent
        minutes     = 5
        metrics = {
          failed = { namespace = "AWS/ApiGateway", name = "5xx", dimensions = { ApiId = var.api_id }, stat = "Sum" }
          all    = { namespace = "AWS/ApiGateway", name = "Count", dimensions = { ApiId = var.api_id }, stat = "Sum" }
        }
      }
      "api-latency" = {
        description = "One request in a hundred waits for too long."
        threshold   = var.thresholds.api_latency_ms
        minutes     = 5
        times       = 3
        metrics     = { slowest = { namespace = "AWS/ApiGateway", name = "Latency", dimensions = { ApiId = var.api_id }, stat = "p99" } }
      }
    },
  )
}
