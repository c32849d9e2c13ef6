# Alarms of what waits: queues, dead letters, and what a stream's consumer gave up on.

locals {
  queue_alarms = merge(
    { for name in keys(local.behind_dead_queue) : "dead-letters/${name}" => {
      description = "Messages of the queue ${name} failed every time and were laid aside."
      metrics     = { messages = merge(local.sqs_depth, { dimensions = { QueueName = aws_sqs_queue.dead_letters[name].name } }) }
    } },
    { "given-up-records" = {
      description = "A stream's consumer gave up on records: events not relayed, or journals missing from the balances."
      metrics     = { messages = merge(local.sqs_depth, { dimensions = { QueueName = aws_sqs_queue.queue[local.stream_failures].name } }) }
    } },
    { for name in toset([for consumer in values(local.consumers) : consumer.name]) : "queue-age/${name}" => {
      description = "The oldest message of the queue ${name} waits for too long."
      threshold   = var.alarm_thresholds.queue_age_seconds
      times       = 3
      metrics = { age = {
        namespace  = "AWS/SQS"
        name       = "ApproximateAgeOfOldestMessage"
        dimensions = { QueueName = aws_sqs_queue.queue[name].name }
        stat       = "Maximum"
      } }
    } },
  )

  sqs_depth = { namespace = "AWS/SQS", name = "ApproximateNumberOfMessagesVisible", stat = "Maximum" }
}
