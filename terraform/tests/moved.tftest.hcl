# A workspace of an earlier version keeps what it has: its log groups with their lines, its alarms
# with their state and their listeners.

mock_provider "aws" {
  source = "./tests/aws"
}

run "an_earlier_version_applied_it" {
  command   = apply
  state_key = "workspace"

  module {
    source = "./tests/earlier"
  }
}

# What is kept has the id that it had. What is made anew has none before it is applied.
run "keeps_everything_that_an_earlier_version_made" {
  command   = plan
  state_key = "workspace"

  variables {
    alarm_subscriptions = { pages = [{ protocol = "email", endpoint = "ops@example.com" }] }
  }

  assert {
    condition = alltrue([
      for group in aws_cloudwatch_log_group.group : group.id == run.an_earlier_version_applied_it.log_groups[group.name]
      if contains(keys(run.an_earlier_version_applied_it.log_groups), group.name)
    ])
    error_message = "A log group that exists would be made again, which AWS refuses."
  }

  assert {
    condition = alltrue(flatten([
      for kind, now in {
        alarms       = module.observability.alarms
        rate         = module.observability.rollback_alarms.rate
        step         = module.observability.rollback_alarms.step
        machine      = module.observability.rollback_alarms.machine
        defects      = { for index, alarm in module.observability.rollback_alarms.defects : tostring(index) => alarm }
        page         = { only = module.observability.page }
        dashboard    = { only = module.observability.dashboard }
        queries      = module.observability.queries
        topic        = module.observability.topics.topic
        policy       = module.observability.topics.policy
        subscription = module.observability.topics.subscription
      } : [for key, id in run.an_earlier_version_applied_it.watching[kind] : now[key].id == id]
    ]))
    error_message = "An alarm, a chart, a query or a listener that exists would be made again."
  }
}
