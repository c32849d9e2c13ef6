# Two walls around each workspace, as permissions boundaries: whatever policy a role is given, it
# may do no more than its boundary says too. One is of the roles that a deploy makes, who writes
# their policies: nothing of another workspace, and nothing of IAM. The other is of GitHub's own
# roles: in IAM they reach the workspace's roles alone, and those only behind the first wall.

locals {
  boundaries = { for workspace in var.workspaces : workspace => "arn:${local.partition}:iam::${local.account_id}:policy/contra-boundary-${workspace}" }

  # Which services a deploy and a plan ask at all.
  services = sort(distinct([for action in flatten([for policy in values(local.policies) : [for statement in policy : statement.Action if statement.Effect == "Allow"]]) : split(":", action)[0]]))

  # What functions, machines, schedules and canaries do at most: the table docs/deploy-rights.md has
  # it, and tests/plan holds it against every policy of every committed workspace.
  bounds = { for workspace in var.workspaces : workspace => concat(
    [for service, actions in {
      backup         = ["CopyIntoBackupVault", "DescribeBackupVault"]
      cloudwatch     = ["DescribeAlarms"]
      dynamodb       = ["BatchGetItem", "CreateBackup", "DeleteBackup", "DeleteItem", "DescribeBackup", "DescribeStream", "DescribeTable", "GetItem", "GetRecords", "GetShardIterator", "ListStreams", "ListTagsOfResource", "PutItem", "Query", "StartAwsBackupJob", "UpdateItem"]
      events         = ["PutEvents"]
      lambda         = ["GetAlias", "GetProvisionedConcurrencyConfig", "InvokeFunction", "UpdateAlias"]
      logs           = ["CreateLogStream", "PutLogEvents"]
      secretsmanager = ["GetSecretValue"]
      sqs            = ["DeleteMessage", "GetQueueAttributes", "ReceiveMessage", "SendMessage"]
      ssm            = ["GetParametersByPath"]
      states         = ["DescribeExecution", "GetExecutionHistory", "RedriveExecution", "StartExecution"]
      } : {
      Effect   = "Allow", Action = [for action in actions : "${service}:${action}"]
      Resource = concat(local.own_arns[workspace][service], service == "states" ? ["arn:${local.partition}:states:${var.region}:${local.account_id}:execution:${workspace}-*"] : [])
    }],
    [
      # Whose data it is, the service says that is asked: only through it a key serves.
      {
        Effect    = "Allow", Action = ["kms:Decrypt", "kms:GenerateDataKey"], Resource = ["arn:${local.partition}:kms:${var.region}:${local.account_id}:key/*"]
        Condition = { StringEquals = { "kms:ViaService" = [for service in ["dynamodb", "secretsmanager", "sqs"] : "${service}.${var.region}.amazonaws.com"] } }
      },
      {
        Effect = "Allow"
        Action = [
          "logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:DescribeLogGroups", "logs:DescribeResourcePolicies", "logs:GetLogDelivery",
          "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:UpdateLogDelivery",
          "xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:PutTelemetryRecords", "xray:PutTraceSegments",
        ]
        Resource = ["*"]
      },
    ],
  ) }

  # A deploy's rights to roles. They are the same behind its wall: what stands there is all of IAM.
  iam_reads = { for workspace in var.workspaces : workspace => [
    { Effect = "Allow", Action = ["iam:GetRole", "iam:GetRolePolicy", "iam:ListRolePolicies", "iam:ListAttachedRolePolicies"], Resource = [local.global_arns[workspace].roles] },
  ] }
  iam_writes = { for workspace in var.workspaces : workspace => [
    {
      Effect   = "Allow"
      Action   = ["iam:UpdateRole", "iam:UpdateRoleDescription", "iam:UpdateAssumeRolePolicy", "iam:DeleteRole", "iam:TagRole", "iam:UntagRole", "iam:ListInstanceProfilesForRole"]
      Resource = [local.global_arns[workspace].roles]
    },
    # No role without the wall, no policy for a role that stands outside, and nobody takes it down.
    {
      Effect    = "Allow", Action = ["iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy", "iam:DeleteRolePolicy"], Resource = [local.global_arns[workspace].roles]
      Condition = { StringEquals = { "iam:PermissionsBoundary" = local.boundaries[workspace] } }
    },
    {
      Effect    = "Allow", Action = ["iam:PassRole"], Resource = [local.global_arns[workspace].roles]
      Condition = { StringEquals = { "iam:PassedToService" = ["backup.amazonaws.com", "codedeploy.amazonaws.com", "lambda.amazonaws.com", "scheduler.amazonaws.com", "states.amazonaws.com"] } }
    },
  ] }

  github_bounds = { for workspace in var.workspaces : workspace => concat(
    [
      { Effect = "Allow", Action = [for service in local.services : "${service}:*" if service != "iam"], Resource = ["*"] },
      { Effect = "Allow", Action = [for action in local.unnamed : action if startswith(action, "iam:")], Resource = ["*"] },
    ],
    local.iam_reads[workspace], local.iam_writes[workspace],
  ) }
}

resource "aws_iam_policy" "boundary" {
  for_each = merge(local.bounds, { for workspace, statements in local.github_bounds : "github-${workspace}" => statements })

  name        = "contra-boundary-${each.key}"
  description = "What roles may do at most, whatever their policies say: see boundary.tf."

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = each.value
  })
}
