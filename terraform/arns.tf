# ARNs composed from their parts, before the things exist. Policies and environments use these and
# not attributes of resources: a function's role names the machine, the machine names the function,
# and attributes would close that cycle.

locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  place      = "${var.region}:${local.account_id}"

  # One name for all accounts of the world, hence the account in it.
  code_bucket = "${local.prefix}code-${local.account_id}-${var.region}"

  # The role that GitHub's jobs deploy this workspace with, as terraform/bootstrap names it.
  deploy_role = "arn:${local.partition}:iam::${local.account_id}:role/contra-deploy-${terraform.workspace}"

  # The wall around this workspace's roles, as terraform/bootstrap names it.
  boundary = var.permissions_boundary == null ? null : "arn:${local.partition}:iam::${local.account_id}:policy/${var.permissions_boundary}"

  arns = {
    functions    = { for name in keys(local.functions) : name => "arn:${local.partition}:lambda:${local.place}:function:${local.prefix}${name}" }
    tables       = { for name in keys(local.tables) : name => "arn:${local.partition}:dynamodb:${local.place}:table/${local.prefix}${name}" }
    queues       = { for name in keys(local.queues) : name => "arn:${local.partition}:sqs:${local.place}:${local.prefix}${name}" }
    dead_letters = { for name in keys(local.behind_dead_queue) : name => "arn:${local.partition}:sqs:${local.place}:${local.prefix}${name}-dlq" }
    machines     = { for name in keys(local.machines) : name => "arn:${local.partition}:states:${local.place}:stateMachine:${local.prefix}${name}" }
    executions   = { for name in keys(local.machines) : name => "arn:${local.partition}:states:${local.place}:execution:${local.prefix}${name}:*" }
    buses        = { for name in keys(local.buses) : name => "arn:${local.partition}:events:${local.place}:event-bus/${local.prefix}${name}" }
    topics       = { for name in keys(var.alarm_subscriptions) : name => "arn:${local.partition}:sns:${local.place}:${local.prefix}${name}" }
    alarms       = "arn:${local.partition}:cloudwatch:${local.place}:alarm:${local.prefix}"
    canaries     = "arn:${local.partition}:codedeploy:${local.place}:deploymentgroup:${local.prefix}functions"
    switches     = "arn:${local.partition}:ssm:${local.place}:parameter${local.switch_path}"
    # What stands behind a secret's name, nobody knows before it is made: six characters, in IAM
    # six question marks.
    secrets = { for name in keys(local.providers) : name => "arn:${local.partition}:secretsmanager:${local.place}:secret:${local.secret_names[name]}-??????" }
    rules   = { for name, rule in local.rules : name => "arn:${local.partition}:events:${local.place}:rule/${rule.bus == "default" ? "" : "${local.prefix}${rule.bus}/"}${local.prefix}${name}" }
  }
}
