# The sagas: one Standard state machine per file of statemachines/, as `make build` renders it. Each
# is published as a version behind an alias, with a role of its own. A running execution ends on the
# version that it began with.

locals {
  definitions = { for name in keys(local.machines) : name => "${path.module}/../dist/statemachines/${name}.asl.json" }

  # The functions that a machine may invoke: those that its file names, and those that a version
  # names which may still run or be redriven. The role is the machine's, of all its versions.
  named   = jsondecode(file("${path.module}/../statemachines/named-functions.json"))
  invoked = { for name in keys(local.machines) : name => setintersection(keys(local.named[name]), keys(local.functions)) }
}

resource "aws_sfn_state_machine" "machine" {
  for_each = local.machines

  name     = "${local.prefix}${each.key}"
  type     = "STANDARD"
  role_arn = aws_iam_role.machine[each.key].arn
  publish  = true

  definition = templatefile(local.definitions[each.key], {
    functions = { for name, alias in aws_lambda_alias.live : name => alias.arn }
  })

  # An execution's data is a payment id, but a log that never holds data cannot leak it later.
  logging_configuration {
    log_destination        = "${aws_cloudwatch_log_group.group["machine/${each.key}"].arn}:*"
    level                  = "ERROR"
    include_execution_data = false
  }

  tracing_configuration {
    enabled = true
  }

  lifecycle {
    precondition {
      condition     = fileexists(local.definitions[each.key])
      error_message = "dist/statemachines has no ${each.key}.asl.json: run `make build`, which renders it."
    }
  }

  depends_on = [aws_iam_role_policy.machine]
}

resource "aws_sfn_alias" "live" {
  for_each = local.machines

  name        = local.alias
  description = each.value.description

  routing_configuration {
    state_machine_version_arn = aws_sfn_state_machine.machine[each.key].state_machine_version_arn
    weight                    = 100
  }

  # An apply publishes, a deploy moves: see deploys.tf.
  lifecycle {
    ignore_changes = [routing_configuration]
  }
}

# It invokes exactly the functions that the machine's versions name, through their alias.
resource "aws_iam_role" "machine" {
  for_each = local.machines

  name        = "${local.prefix}machine-${each.key}"
  description = each.value.description

  permissions_boundary = local.boundary

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "states.amazonaws.com" }
      Condition = {
        StringEquals = { "aws:SourceAccount" = local.account_id }
        ArnLike      = { "aws:SourceArn" = "${local.arns.machines[each.key]}*" }
      }
    }]
  })
}

resource "aws_iam_role_policy" "machine" {
  for_each = local.machines

  name = "access"
  role = aws_iam_role.machine[each.key].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["lambda:InvokeFunction"]
        Resource = [for name in local.invoked[each.key] : "${local.arns.functions[name]}:${local.alias}"]
      },
      {
        # Log deliveries are no resources in IAM: AWS accepts only the wildcard for these actions.
        Effect = "Allow"
        Action = [
          "logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery",
          "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups",
        ]
        Resource = ["*"]
      },
      {
        # Nor are traces and sampling rules.
        Effect = "Allow"
        Action = [
          "xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets",
        ]
        Resource = ["*"]
      },
    ]
  })
}
