# The directory keeps what it holds, and only a rehearsal may say otherwise.

mock_provider "aws" {}

variables {
  region = "us-east-1"
}

run "the_directory_keeps_what_it_holds" {
  assert {
    condition = (
      aws_dynamodb_table.directory.deletion_protection_enabled
      && aws_dynamodb_table.directory.point_in_time_recovery[0].enabled
      && aws_dynamodb_table.directory.server_side_encryption[0].enabled
    )
    error_message = "The directory can be deleted, or cannot be restored, or lies in the clear."
  }

  assert {
    condition     = aws_dynamodb_table.directory.hash_key == "pk" && aws_dynamodb_table.directory.range_key == "sk"
    error_message = "The directory's keys are not those that its adapter writes."
  }
}

run "a_rehearsal_may_be_destroyed" {
  variables {
    name                = "rehearsal-directory"
    deletion_protection = false
  }

  assert {
    condition     = !aws_dynamodb_table.directory.deletion_protection_enabled && output.table == "rehearsal-directory"
    error_message = "A rehearsal cannot be cleared away, or carries another name."
  }
}
