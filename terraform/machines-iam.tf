# One role per state machine: it invokes exactly the functions that its file names, or named in a version that may
# still run, through their alias.

resource "aws_iam_role" "machine" {
  for_each = local.machines

  name        = "${local.prefix}machine-${each.key}"
  description = each.value.description

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
