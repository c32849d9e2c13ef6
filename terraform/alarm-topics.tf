# Where alarms are heard: one topic that wakes somebody, one that is read in working hours. Encrypted with a key of ours, because the
# one that SNS brings does not let CloudWatch publish.

locals {
  topics = ["pages", "tickets"]

  subscriptions = merge([for topic in local.topics : {
    for subscription in var.alarm_subscriptions[topic] : "${topic} ${subscription.protocol} ${subscription.endpoint}" => merge(subscription, { topic = topic })
  }]...)
}

resource "aws_sns_topic" "alarms" {
  for_each = toset(local.topics)

  name              = "${local.prefix}${each.key}"
  kms_master_key_id = aws_kms_key.key["alarms"].arn
}

resource "aws_sns_topic_policy" "alarms" {
  for_each = aws_sns_topic.alarms

  arn = each.value.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "cloudwatch.amazonaws.com" }
      Action    = "sns:Publish"
      Resource  = local.arns.topics[each.key]
      Condition = {
        StringEquals = { "aws:SourceAccount" = local.account_id }
        ArnLike      = { "aws:SourceArn" = "${local.arns.alarms}*" }
      }
    }]
  })
}

resource "aws_sns_topic_subscription" "alarms" {
  for_each = local.subscriptions

  topic_arn = aws_sns_topic.alarms[each.value.topic].arn
  protocol  = each.value.protocol
  endpoint  = each.value.endpoint
}
