# The bus of domain events, and the rules that carry them to queues. A rule never reaches a function
# directly: the queue in between holds the events while the function is down.

locals {
  # The account's own bus, where AWS services announce, exists and keeps its name. Every other one
  # is ours.
  bus_names = merge(
    { default = "default" },
    { for name, bus in aws_cloudwatch_event_bus.bus : name => bus.name },
  )

  # A pattern names a machine by `${machines.<name>}`, as a machine's file names a function.
  patterns = {
    for key, rule in local.rules : key => join("", [
      for part in regexall("\\$\\{machines\\.[a-z0-9-]+\\}|[^$]+|\\$", jsonencode(rule.pattern)) :
      startswith(part, "$${") ? local.arns.machines[trimsuffix(trimprefix(part, "$${machines."), "}")] : part
    ])
  }
}

resource "aws_cloudwatch_event_bus" "bus" {
  for_each = local.buses

  name        = "${local.prefix}${each.key}"
  description = each.value.description
}

# Only the account itself puts events. No service puts any here: they announce on the account's own
# bus.
resource "aws_cloudwatch_event_bus_policy" "bus" {
  for_each = local.buses

  event_bus_name = aws_cloudwatch_event_bus.bus[each.key].name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OnlyThisAccount"
      Effect    = "Deny"
      Principal = "*"
      Action    = "events:PutEvents"
      Resource  = local.arns.buses[each.key]
      Condition = {
        StringNotEquals = { "aws:PrincipalAccount" = local.account_id }
        Null            = { "aws:PrincipalAccount" = "false" }
      }
    }]
  })
}

# What was published, to be replayed to a consumer that came later or lost its own. The tables keep
# the events for ever.
resource "aws_cloudwatch_event_archive" "bus" {
  for_each = local.buses

  name             = "${local.prefix}${each.key}"
  description      = each.value.description
  event_source_arn = aws_cloudwatch_event_bus.bus[each.key].arn
  retention_days   = var.archive_days
}

resource "aws_cloudwatch_event_rule" "rule" {
  for_each = local.rules

  name           = "${local.prefix}${each.key}"
  description    = each.value.description
  event_bus_name = local.bus_names[each.value.bus]
  event_pattern  = local.patterns[each.key]
}

resource "aws_cloudwatch_event_target" "queue" {
  for_each = local.rules

  rule           = aws_cloudwatch_event_rule.rule[each.key].name
  event_bus_name = aws_cloudwatch_event_rule.rule[each.key].event_bus_name
  arn            = aws_sqs_queue.queue[each.value.queue].arn

  # The longest that EventBridge offers. What is still undelivered then lies beside the queue's own
  # dead letters.
  retry_policy {
    maximum_event_age_in_seconds = 86400
    maximum_retry_attempts       = 185
  }

  dead_letter_config {
    arn = aws_sqs_queue.dead_letters[each.value.queue].arn
  }
}
