# What production may choose and others may not, and what it may not leave out.

mock_provider "aws" {
  source          = "./tests/aws"
  override_during = plan
}

variables {
  environment  = "prod"
  provider_url = "https://provider.example.com"
  jwt_issuer   = "https://issuer.example.com"
}

run "backups_are_weekly_kept_and_locked" {
  command = plan

  variables {
    backup_days = 90
    backup_lock = true
  }

  assert {
    condition = (
      toset(aws_backup_selection.tables["tables"].resources) == toset([for name in keys(aws_dynamodb_table.table) : "arn:aws:dynamodb:us-east-1:123456789012:table/${terraform.workspace}-${name}"])
      && one(aws_backup_plan.weekly["tables"].rule).target_vault_name == aws_backup_vault.vault["tables"].name
      && one(one(aws_backup_plan.weekly["tables"].rule).lifecycle).delete_after == 90
      && !aws_backup_vault.vault["tables"].force_destroy
    )
    error_message = "A table has no backup, or one that is gone too soon."
  }

  # A date from which on nobody could take it off, not even AWS, would make it compliance mode.
  assert {
    condition     = aws_backup_vault_lock_configuration.vault["tables"].min_retention_days == 90 && aws_backup_vault_lock_configuration.vault["tables"].changeable_for_days == null
    error_message = "The vault is not locked, or nobody can ever unlock it."
  }

  assert {
    condition     = alltrue([for table in aws_dynamodb_table.table : table.point_in_time_recovery[0].enabled])
    error_message = "A backup a week takes the place of restores to the second."
  }
}

run "refuses_roles_without_a_boundary_and_circles_that_are_ended" {
  command = plan

  variables {
    permissions_boundary = null
    recursion_config     = false
    backup_days          = 3
  }

  expect_failures = [var.permissions_boundary, var.recursion_config, var.backup_days]
}

run "refuses_a_lock_on_nothing" {
  command = plan

  variables {
    backup_lock = true
  }

  expect_failures = [var.backup_lock]
}
