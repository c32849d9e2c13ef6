# One role per function, with the statements of permissions.tf and nothing attached from outside.

resource "aws_iam_role" "function" {
  for_each = local.functions

  name        = "${local.prefix}${each.key}"
  description = each.value.description

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
