# What a deploy may do: everything to what carries its workspace's name or tag, nothing to another
# workspace's, and nothing with the money itself. A plan may read the same. Whoever deploys code
# decides what the code does: the wall around a workspace is this policy and the approvals of its
# GitHub environment, and around production an account of its own.

locals {
  # Services whose resources are named: where the name stands in their ARN, and what a plan reads.
  named = {
    backup         = { shapes = [":backup-vault:%s-*"], reads = ["Describe", "List"] }
    cloudwatch     = { shapes = [":alarm:%s-*", ":insight-rule/%s-*"], reads = ["List"] }
    codedeploy     = { shapes = [":application:%s-*", ":deploymentgroup:%s-*", ":deploymentconfig:*"], reads = ["Get", "List"] }
    dynamodb       = { shapes = [":table/%s-*"], reads = ["Describe", "List"] }
    events         = { shapes = [":event-bus/%s-*", ":rule/%s-*", ":archive/%s-*"], reads = ["Describe", "List"] }
    kms            = { shapes = [":alias/%s-*"], reads = [] }
    lambda         = { shapes = [":function:%s-*"], reads = ["Get", "List"] }
    logs           = { shapes = [":log-group:/aws/lambda/%s-*", ":log-group:/aws/vendedlogs/*/%s-*"], reads = ["List"] }
    scheduler      = { shapes = [":schedule/default/%s-*"], reads = ["Get"] }
    secretsmanager = { shapes = [":secret:%s-*"], reads = ["Describe", "Get"] }
    sns            = { shapes = [":%s-*"], reads = ["Get", "List"] }
    sqs            = { shapes = [":%s-*"], reads = ["Get", "List"] }
    ssm            = { shapes = [":parameter/%s-*"], reads = ["Get", "List"] }
    states         = { shapes = [":stateMachine:%s-*"], reads = ["Describe", "List"] }
  }

  # Services that make ids of their own. What exists is known by the tag that every resource of the
  # workspace carries.
  tagged = {
    acm         = ["Describe", "List"]
    backup      = ["Get", "List"]
    cognito-idp = ["Describe", "Get"]
    kms         = ["Describe", "Get", "List"]
  }

  # Asked of no resource, or of all of them: AWS knows no narrower way to ask.
  unnamed = [
    "cloudwatch:DescribeAlarms", "cognito-idp:DescribeUserPoolDomain", "kms:ListAliases", "lambda:GetEventSourceMapping", "lambda:ListTags",
    "logs:DescribeLogGroups", "logs:DescribeQueryDefinitions", "logs:DescribeResourcePolicies", "logs:GetLogDelivery", "logs:ListLogDeliveries",
    "ssm:DescribeParameters", "states:ValidateStateMachineDefinition",
    # What a stack's own sandbox is called with.
    "secretsmanager:GetRandomPassword",
    # What the account has, before anything is created in it.
    "iam:ListOpenIDConnectProviders", "lambda:GetAccountSettings", "servicequotas:ListAWSDefaultServiceQuotas", "servicequotas:ListServiceQuotas",
  ]
  unnamed_writes = [
    "backup-storage:MountCapsule", "cloudwatch:PutCompositeAlarm",
    "logs:CreateLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery", "logs:PutResourcePolicy", "logs:PutQueryDefinition", "logs:DeleteQueryDefinition",
  ]

  # A deploy handles code and settings. Payments and messages are none of its business, and it
  # starts nothing. Decrypt is not refused: S3 asks it of whoever reads the state.
  never = [
    "dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem",
    "dynamodb:BatchWriteItem", "dynamodb:PartiQL*", "dynamodb:GetRecords", "dynamodb:ExportTableToPointInTime",
    "lambda:InvokeFunction", "lambda:InvokeAsync", "sqs:ReceiveMessage", "sqs:SendMessage", "sqs:PurgeQueue", "sns:Publish", "events:PutEvents",
    "states:StartExecution", "states:StopExecution", "states:RedriveExecution", "states:GetExecutionHistory", "kms:ScheduleKeyDeletion",
    "backup:DeleteBackupVaultLockConfiguration",
  ]

  own_arns = { for workspace in var.workspaces : workspace => {
    for service, one in local.named : service => [
      for shape in one.shapes : format("arn:%s:%s:%s:%s%s", local.partition, service, var.region, local.account_id, replace(shape, "%s", workspace))
    ]
  } }

  gateway = "arn:${local.partition}:apigateway:${var.region}::"
  # An API and its stages carry the workspace's tag. What else an API consists of carries none, and
  # inherits none.
  untagged_parts = flatten([for part in ["apis/*/authorizers", "apis/*/integrations", "apis/*/routes", "domainnames/*/apimappings"] : ["${local.gateway}/${part}", "${local.gateway}/${part}/*"]])

  zones = [for id in var.hosted_zone_id[*] : "arn:${local.partition}:route53:::hostedzone/${id}"]

  global_arns = { for workspace in var.workspaces : workspace => {
    budgets    = "arn:${local.partition}:budgets::${local.account_id}:budget/${workspace}-*"
    code       = "arn:${local.partition}:s3:::${workspace}-code-${local.account_id}-${var.region}"
    dashboards = "arn:${local.partition}:cloudwatch::${local.account_id}:dashboard/${workspace}-*"
    roles      = "arn:${local.partition}:iam::${local.account_id}:role/${workspace}-*"
    state      = "${aws_s3_bucket.state.arn}/env:/${workspace}/contra.tfstate"
  } }

  reads = { for workspace in var.workspaces : workspace => concat(local.iam_reads[workspace],
    [{
      Effect   = "Allow", Action = flatten([for service, one in local.named : [for verb in one.reads : "${service}:${verb}*"]])
      Resource = flatten(values(local.own_arns[workspace]))
    }],
    [for service, verbs in local.tagged : {
      Effect    = "Allow", Action = [for verb in verbs : "${service}:${verb}*"], Resource = ["arn:${local.partition}:${service}:${var.region}:${local.account_id}:*"]
      Condition = { StringEquals = { "aws:ResourceTag/Workspace" = workspace } }
    }],
    [
      { Effect = "Allow", Action = ["apigateway:GET"], Resource = ["${local.gateway}/apis/*", "${local.gateway}/domainnames/*"] },
      { Effect = "Allow", Action = ["budgets:ViewBudget", "budgets:ListTagsForResource"], Resource = [local.global_arns[workspace].budgets] },
      { Effect = "Allow", Action = ["cloudwatch:GetDashboard"], Resource = [local.global_arns[workspace].dashboards] },
      { Effect = "Allow", Action = ["s3:Get*", "s3:ListBucket"], Resource = [local.global_arns[workspace].code, "${local.global_arns[workspace].code}/*"] },
      { Effect = "Allow", Action = local.unnamed, Resource = ["*"] },
      # Terraform lists the states to find its workspace, reads its own, and locks it for a plan. An
      # initialization reads the one of no workspace, which is never there.
      { Effect = "Allow", Action = ["s3:ListBucket"], Resource = [aws_s3_bucket.state.arn] },
      { Effect = "Allow", Action = ["s3:GetObject"], Resource = [local.global_arns[workspace].state, "${aws_s3_bucket.state.arn}/contra.tfstate"] },
      { Effect = "Allow", Action = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], Resource = ["${local.global_arns[workspace].state}.tflock"] },
      { Effect = "Deny", Action = local.never, Resource = ["*"] },
    ],
    [for zone in local.zones : { Effect = "Allow", Action = ["route53:GetHostedZone", "route53:ListResourceRecordSets"], Resource = [zone] }],
    # Terraform looks again at the secret that it wrote, which everybody knows. In production it
    # writes none, and no deploy reads one.
    [for one in [workspace] : { Effect = "Deny", Action = ["secretsmanager:GetSecretValue"], Resource = ["*"] } if startswith(one, "prod")],
    [for one in [workspace] : {
      Effect    = "Allow", Action = ["kms:Decrypt"], Resource = ["arn:${local.partition}:kms:${var.region}:${local.account_id}:key/*"]
      Condition = { StringEquals = { "aws:ResourceTag/Workspace" = one, "kms:ViaService" = "secretsmanager.${var.region}.amazonaws.com" } }
    } if !startswith(one, "prod")],
  ) }

  writes = { for workspace in var.workspaces : workspace => concat(
    [{ Effect = "Allow", Action = [for service in keys(local.named) : "${service}:*"], Resource = flatten(values(local.own_arns[workspace])) }],
    [{
      Effect    = "Allow", Action = [for service in keys(local.tagged) : "${service}:*"], Resource = [for service in keys(local.tagged) : "arn:${local.partition}:${service}:${var.region}:${local.account_id}:*"]
      Condition = { StringEquals = { "aws:ResourceTag/Workspace" = workspace } }
    }],
    [
      # What is made with the workspace's tag, and has none before.
      {
        Effect = "Allow"
        Action = [
          "acm:AddTagsToCertificate", "acm:RequestCertificate", "backup:CreateBackupPlan", "backup:TagResource",
          "cognito-idp:CreateUserPool", "kms:CreateKey", "kms:TagResource", "lambda:TagResource",
        ]
        Resource  = ["*"]
        Condition = { StringEquals = { "aws:RequestTag/Workspace" = workspace }, StringEqualsIfExists = { "aws:ResourceTag/Workspace" = workspace } }
      },
      # A mapping that has the tag.
      {
        Effect    = "Allow", Action = ["lambda:TagResource", "lambda:UntagResource"], Resource = ["*"]
        Condition = { StringEquals = { "aws:ResourceTag/Workspace" = workspace } }
      },
      # A key's tag counts after up to five minutes. Until then the key's own policy knows a deploy
      # by its role's name, and what encrypts with the key at once asks through its service.
      {
        Effect    = "Allow", Action = ["kms:CreateGrant", "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"], Resource = ["*"]
        Condition = { StringEquals = { "kms:ViaService" = [for service in ["dynamodb", "secretsmanager"] : "${service}.${var.region}.amazonaws.com"] } }
      },
      {
        Effect    = "Allow", Action = ["apigateway:POST", "apigateway:PUT", "apigateway:TagResource"], Resource = ["${local.gateway}/apis", "${local.gateway}/apis/*/stages", "${local.gateway}/domainnames", "${local.gateway}/tags/*"]
        Condition = { StringEquals = { "aws:RequestTag/Workspace" = workspace }, StringEqualsIfExists = { "aws:ResourceTag/Workspace" = workspace } }
      },
      {
        Effect    = "Allow", Action = ["apigateway:PATCH", "apigateway:DELETE"], Resource = ["${local.gateway}/apis/*", "${local.gateway}/domainnames/*"]
        Condition = { StringEquals = { "aws:ResourceTag/Workspace" = workspace } }
      },
      { Effect = "Allow", Action = ["apigateway:POST", "apigateway:PATCH", "apigateway:DELETE"], Resource = local.untagged_parts },
      {
        Effect    = "Allow", Action = ["apigateway:DELETE", "apigateway:UntagResource"], Resource = ["${local.gateway}/tags/*"]
        Condition = { StringEqualsIfExists = { "aws:ResourceTag/Workspace" = workspace } }
      },
      { Effect = "Allow", Action = ["budgets:ModifyBudget", "budgets:TagResource", "budgets:UntagResource"], Resource = [local.global_arns[workspace].budgets] },
      { Effect = "Allow", Action = ["cloudwatch:PutDashboard", "cloudwatch:DeleteDashboards"], Resource = [local.global_arns[workspace].dashboards] },
      {
        Effect    = "Allow", Action = ["lambda:CreateEventSourceMapping", "lambda:UpdateEventSourceMapping", "lambda:DeleteEventSourceMapping"], Resource = ["*"]
        Condition = { ArnLike = { "lambda:FunctionArn" = local.own_arns[workspace].lambda } }
      },
      { Effect = "Allow", Action = local.unnamed_writes, Resource = ["*"] },
      { Effect = "Allow", Action = ["s3:*"], Resource = [local.global_arns[workspace].code, "${local.global_arns[workspace].code}/*"] },
      { Effect = "Allow", Action = ["s3:PutObject"], Resource = [local.global_arns[workspace].state] },
    ],
    [for zone in local.zones : { Effect = "Allow", Action = ["route53:ChangeResourceRecordSets"], Resource = [zone] }],
    [for zone in local.zones : { Effect = "Allow", Action = ["route53:GetChange"], Resource = ["arn:${local.partition}:route53:::change/*"] }],
  ) }

  # Three, since one managed policy may have 6,144 characters.
  policies = merge([for workspace in var.workspaces : {
    "read-${workspace}"  = local.reads[workspace]
    "write-${workspace}" = local.writes[workspace]
    "roles-${workspace}" = local.iam_writes[workspace]
  }]...)
}
