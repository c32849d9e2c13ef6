# Backups beside the tables' own recovery: weekly, since each is a whole copy, and readable when the
# tables' key is gone, since the vault has AWS's own. A lock in governance mode keeps whoever
# deploys from deleting one: taking it off is a right that no deploy has.

locals {
  vaults = var.backup_days > 0 ? toset(["tables"]) : toset([])
}

resource "aws_backup_vault" "vault" {
  for_each = local.vaults

  name          = "${local.prefix}${each.key}"
  force_destroy = !var.deletion_protection
}

resource "aws_backup_vault_lock_configuration" "vault" {
  for_each = var.backup_lock ? local.vaults : toset([])

  backup_vault_name  = aws_backup_vault.vault[each.key].name
  min_retention_days = var.backup_days
}

resource "aws_backup_plan" "weekly" {
  for_each = local.vaults

  name = "${local.prefix}${each.key}"

  rule {
    rule_name         = "weekly"
    target_vault_name = aws_backup_vault.vault[each.key].name
    schedule          = "cron(30 2 ? * SUN *)"

    lifecycle {
      delete_after = var.backup_days
    }
  }
}

resource "aws_backup_selection" "tables" {
  for_each = local.vaults

  name         = "${local.prefix}${each.key}"
  plan_id      = aws_backup_plan.weekly[each.key].id
  iam_role_arn = aws_iam_role.backup[each.key].arn
  resources    = [for name in keys(local.tables) : local.arns.tables[name]]

  depends_on = [aws_iam_role_policy.backup]
}

resource "aws_iam_role" "backup" {
  for_each = local.vaults

  name        = "${local.prefix}backup"
  description = "Lets AWS Backup read the tables."

  permissions_boundary = local.boundary

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "backup.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = local.account_id } }
    }]
  })
}

# What AWS's own policy for the service says of tables, for these tables alone.
resource "aws_iam_role_policy" "backup" {
  for_each = local.vaults

  name = "access"
  role = aws_iam_role.backup[each.key].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["dynamodb:CreateBackup", "dynamodb:DescribeTable", "dynamodb:ListTagsOfResource", "dynamodb:StartAwsBackupJob"]
        Resource = [for name in keys(local.tables) : local.arns.tables[name]]
      },
      {
        # A backup's own name is the time of its making.
        Effect   = "Allow"
        Action   = ["dynamodb:DeleteBackup", "dynamodb:DescribeBackup"]
        Resource = [for name in keys(local.tables) : "${local.arns.tables[name]}/backup/*"]
      },
      {
        # DynamoDB takes the tables' key with the rights of this role.
        Effect   = "Allow"
        Action   = ["kms:Decrypt"]
        Resource = [aws_kms_key.key["data"].arn]
      },
      {
        Effect   = "Allow"
        Action   = ["backup:CopyIntoBackupVault", "backup:DescribeBackupVault"]
        Resource = ["arn:${local.partition}:backup:${local.place}:backup-vault:${local.prefix}${each.key}"]
      },
    ]
  })
}
