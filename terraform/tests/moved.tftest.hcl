# A workspace of an earlier version keeps its log groups, with their lines.

mock_provider "aws" {
  source = "./tests/aws"
}

run "an_earlier_version_applied_its_groups" {
  command   = apply
  state_key = "workspace"

  module {
    source = "./tests/earlier"
  }
}

run "takes_every_group_over_and_makes_none_of_that_name" {
  command   = plan
  state_key = "workspace"

  assert {
    condition = alltrue([
      for group in aws_cloudwatch_log_group.group : group.id == run.an_earlier_version_applied_its_groups.ids[group.name]
      if contains(keys(run.an_earlier_version_applied_its_groups.ids), group.name)
    ])
    error_message = "A log group that exists would be made again, which AWS refuses."
  }
}
