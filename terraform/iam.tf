# What each function may do: one role per function, its statements derived from the manifest's
# `access` and from what triggers it, and nothing attached from outside. No action is a wildcard; a
# resource is one only where AWS leaves no other way.

locals {
  access_statements = {
    for name, function in local.functions : name => concat(
      [for table, actions in function.access.tables : {
        Effect   = "Allow"
        Action   = [for action in actions : "dynamodb:${action}" if !can(local.tables[table].only[action])]
        Resource = [local.arns.tables[table]]
      } if length(setsubtract(actions, keys(try(local.tables[table].only, {})))) > 0],
      # What only grows may be put, and what is put may not be updated.
      flatten([for table, actions in function.access.tables : [for action in actions : {
        Effect    = "Allow"
        Action    = ["dynamodb:${action}"]
        Resource  = [local.arns.tables[table]]
        Condition = { "ForAllValues:StringLike" = { "dynamodb:LeadingKeys" = local.tables[table].only[action] } }
      } if can(local.tables[table].only[action])]]),
      # An index is a resource of its own: a right to the table does not read items through it.
      [for index, actions in function.access.indexes : {
        Effect   = "Allow"
        Action   = [for action in actions : "dynamodb:${action}"]
        Resource = ["${local.arns.tables[split("/", index)[0]]}/index/${split("/", index)[1]}"]
      }],
      # A start is authorized on the machine's own ARN, whatever alias it names. The alias is a
      # condition.
      [for machine, actions in function.access.machines : {
        Effect    = "Allow"
        Action    = ["states:StartExecution"]
        Resource  = [local.arns.machines[machine]]
        Condition = { "ForAnyValue:StringEquals" = { "states:StateMachineQualifier" = [local.alias] } }
      } if contains(actions, "StartExecution")],
      # Executions are named after payments: their names cannot be known here, their machine can.
      [for machine, actions in function.access.machines : {
        Effect   = "Allow"
        Action   = [for action in actions : "states:${action}" if action != "StartExecution"]
        Resource = [local.arns.executions[machine]]
      } if length(setsubtract(actions, ["StartExecution"])) > 0],
      [for queue, actions in function.access.queues : {
        Effect   = "Allow"
        Action   = [for action in actions : "sqs:${action}"]
        Resource = [local.arns.queues[queue]]
      }],
      [for provider, actions in function.access.secrets : {
        Effect   = "Allow"
        Action   = [for action in actions : "secretsmanager:${action}"]
        Resource = [local.arns.secrets[provider]]
      }],
      [for action in function.access.bus : {
        Effect   = "Allow"
        Action   = ["events:${action}"]
        Resource = values(local.arns.buses)
      }],
      [for action in function.access.switches : {
        Effect = "Allow"
        Action = ["ssm:${action}"]
        # A read by path is authorized on the path itself and on what lies below it.
        Resource = [local.arns.switches, "${local.arns.switches}/*"]
      }],
    )
  }

  # A mapping polls with the role of the function that it feeds.
  trigger_statements = {
    for name, function in local.functions : name => concat(
      [for queue in function.queue[*].name : {
        Effect   = "Allow"
        Action   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
        Resource = [local.arns.queues[queue]]
      }],
      [for table in function.stream[*].table : {
        Effect = "Allow"
        Action = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"]
        # A stream's own name is the time of its creation, and ListStreams is asked before the name
        # is known.
        Resource = ["${local.arns.tables[table]}/stream/*"]
      }],
      [for table in function.stream[*].table : {
        Effect   = "Allow"
        Action   = ["sqs:SendMessage"]
        Resource = [local.arns.queues[local.stream_failures]]
      }],
    )
  }

  # What a role touches is encrypted, so it needs the keys: to read and, where it sends, to make the
  # key of what it sends.
  key_statements = {
    for name, function in local.functions : name => concat(
      [for key in ["data"] : {
        Effect   = "Allow"
        Action   = ["kms:Decrypt"]
        Resource = [local.keys[key].arn]
      } if length(function.access.tables) + length(function.access.indexes) + length(function.access.secrets) > 0 || function.stream != null],
      [for key in ["messages"] : {
        Effect   = "Allow"
        Action   = length(function.access.queues) > 0 || function.stream != null ? ["kms:Decrypt", "kms:GenerateDataKey"] : ["kms:Decrypt"]
        Resource = [local.keys[key].arn]
      } if length(function.access.queues) > 0 || function.stream != null || function.queue != null],
    )
  }

  own_statements = {
    for name in keys(local.functions) : name => [
      {
        Effect = "Allow"
        Action = ["logs:CreateLogStream", "logs:PutLogEvents"]
        # Log streams are named by the runtime, one per environment, so the suffix stays open.
        Resource = ["arn:${local.partition}:logs:${local.place}:log-group:/aws/lambda/${local.prefix}${name}:*"]
      },
      {
        Effect = "Allow"
        Action = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
        # X-Ray has no resource to name for these two actions: AWS accepts only the wildcard.
        Resource = ["*"]
      },
    ]
  }

  statements = {
    for name in keys(local.functions) : name => concat(
      local.access_statements[name], local.trigger_statements[name], local.key_statements[name], local.own_statements[name],
    )
  }
}

resource "aws_iam_role" "function" {
  for_each = local.functions

  name        = "${local.prefix}${each.key}"
  description = each.value.description

  permissions_boundary = local.boundary

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = local.account_id } }
    }]
  })
}

resource "aws_iam_role_policy" "function" {
  for_each = local.functions

  name = "access"
  role = aws_iam_role.function[each.key].id

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = local.statements[each.key]
  })
}
