# Where alarms are heard: one topic that wakes somebody, one that is read in working hours.
# Encrypted with a key of ours: the one that SNS brings does not let CloudWatch publish.

locals {
  subscriptions = merge([for topic, listeners in var.subscriptions : {
    for listener in listeners : "${topic} ${listener.protocol} ${listener.endpoint}" => merge(listener, { topic = topic })
  }]...)
}

resource "aws_sns_topic" "alarms" {
  for_each = var.topic_arns

  name              = "${var.prefix}${each.key}"
  kms_master_key_id = var.key_arn
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
      Resource  = var.topic_arns[each.key]
      Condition = {
        StringEquals = { "aws:SourceAccount" = var.account_id }
        ArnLike      = { "aws:SourceArn" = "${var.alarm_arns}*" }
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
