# What moves traffic. Terraform publishes versions and leaves every alias where it is: an alias that
# moved with the apply would take the steps to the new code while a canary still decides about the
# API, and the first apply after a rollback would undo it. scripts/deploy.ts moves them all, and
# CodeDeploy those of the functions that answer routes.

locals {
  canaries = var.canary_minutes > 0 ? local.answering : {}
}

# The release that runs and the one to go back to. The parameter's own history has the releases
# before.
resource "aws_ssm_parameter" "release" {
  name        = "/${local.prefix}release"
  description = "The versions of the release that runs, and of the one before it."
  type        = "String"
  # Two releases of some fifty names outgrow a standard parameter.
  tier  = "Intelligent-Tiering"
  value = "{}"

  lifecycle {
    ignore_changes = [value]
  }
}

resource "aws_codedeploy_app" "functions" {
  count = length(local.canaries) > 0 ? 1 : 0

  name             = "${local.prefix}functions"
  compute_platform = "Lambda"
}

resource "aws_codedeploy_deployment_group" "function" {
  for_each = local.canaries

  app_name               = aws_codedeploy_app.functions[0].name
  deployment_group_name  = each.key
  service_role_arn       = aws_iam_role.canary[0].arn
  deployment_config_name = "CodeDeployDefault.LambdaCanary10Percent${var.canary_minutes}Minutes"

  deployment_style {
    deployment_option = "WITH_TRAFFIC_CONTROL"
    deployment_type   = "BLUE_GREEN"
  }

  # On AWS's side: a canary that goes wrong is taken back although whoever started the deploy is
  # gone.
  auto_rollback_configuration {
    enabled = true
    events  = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"]
  }

  # An alarm that cannot be read stops the deployment as one that is red does.
  alarm_configuration {
    enabled                   = true
    ignore_poll_alarm_failure = false
    alarms                    = [for key in ["api", each.key] : module.observability.rollback_alarms.rate[key].alarm_name]
  }

  depends_on = [aws_iam_role_policy.canary]
}

resource "aws_iam_role" "canary" {
  count = length(local.canaries) > 0 ? 1 : 0

  name        = "${local.prefix}canary"
  description = "Lets CodeDeploy move the aliases of the functions that answer routes."

  permissions_boundary = local.boundary

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "codedeploy.amazonaws.com" }
      Condition = {
        StringEquals = { "aws:SourceAccount" = local.account_id }
        ArnLike      = { "aws:SourceArn" = "${local.arns.canaries}/*" }
      }
    }]
  })
}

resource "aws_iam_role_policy" "canary" {
  count = length(local.canaries) > 0 ? 1 : 0

  name = "access"
  role = aws_iam_role.canary[0].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Action = ["lambda:GetAlias", "lambda:UpdateAlias", "lambda:GetProvisionedConcurrencyConfig"]
        # The alias in a call is no part of what is authorized, except for the last action.
        Resource = flatten([for name in keys(local.canaries) : [
          local.arns.functions[name], "${local.arns.functions[name]}:${local.alias}",
        ]])
      },
      {
        Effect   = "Allow"
        Action   = ["cloudwatch:DescribeAlarms"]
        Resource = [for key in concat(["api"], keys(local.canaries)) : "${local.arns.alarms}rollback-${key}"]
      },
    ]
  })
}
