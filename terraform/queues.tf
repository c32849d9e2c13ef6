# The queues and their dead letters. Policies are inline and name computed ARNs: as resources of
# their own, each would wait another 25 s, and the two would refer to each other.

locals {
  rules_into = {
    for name in keys(local.queues) : name => [
      for key, rule in local.rules : local.arns.rules[key] if rule.queue == name
    ]
  }

  # Both a rule's queue and that queue's dead letters take its events: EventBridge itself puts there
  # what it could not deliver.
  queue_policies = {
    for kind in ["queues", "dead_letters"] : kind => {
      for name, arn in local.arns[kind] : name => jsonencode({
        Version = "2012-10-17"
        Statement = concat(
          [{
            Effect    = "Deny"
            Principal = "*"
            Action    = "sqs:*"
            Resource  = arn
            Condition = { Bool = { "aws:SecureTransport" = "false" } }
          }],
          [for rule in local.rules_into[name] : {
            Effect    = "Allow"
            Principal = { Service = "events.amazonaws.com" }
            Action    = "sqs:SendMessage"
            Resource  = arn
            Condition = { ArnEquals = { "aws:SourceArn" = rule } }
          }],
        )
      })
    }
  }
}

resource "aws_sqs_queue" "dead_letters" {
  for_each = local.behind_dead_queue

  name = "${local.prefix}${each.key}-dlq"
  # The longest that SQS knows: a dead letter's age counts from its first day in the queue before.
  message_retention_seconds = 1209600
  kms_master_key_id         = local.keys["messages"].arn
  # An hour, the five minutes of the default times twelve: so long do senders go on when KMS does
  # not answer.
  kms_data_key_reuse_period_seconds = 3600
  policy                            = local.queue_policies.dead_letters[each.key]

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [local.arns.queues[each.key]]
  })
}

resource "aws_sqs_queue" "queue" {
  for_each = local.queues

  name                              = "${local.prefix}${each.key}"
  visibility_timeout_seconds        = each.value.visibility_timeout_seconds
  message_retention_seconds         = each.value.retention_seconds
  receive_wait_time_seconds         = each.value.receive_wait_seconds
  delay_seconds                     = try(each.value.delivery_delay_seconds, 0)
  kms_master_key_id                 = local.keys["messages"].arn
  kms_data_key_reuse_period_seconds = 3600
  policy                            = local.queue_policies.queues[each.key]

  # Refers to the resource and not to its ARN's parts: SQS refuses a redrive to a queue that does
  # not exist yet.
  redrive_policy = can(each.value.why_no_dead_letters) ? null : jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letters[each.key].arn
    maxReceiveCount     = each.value.max_receives
  })
}
