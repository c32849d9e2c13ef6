# A small footprint watches what pages and nothing else, and is chosen once: a workspace that stands
# keeps the one that it was made with.

mock_provider "aws" {
  source          = "./tests/aws"
  override_during = plan
}

run "a_small_one_pays_for_nothing_that_nobody_looks_at" {
  command = plan

  variables {
    footprint      = "small"
    canary_minutes = 0
  }

  assert {
    condition     = keys(aws_kms_key.key) == ["data"] && aws_kms_key.key["data"].enable_key_rotation
    error_message = "A small footprint has one key, and that is rotated."
  }

  # Whatever a key of its own would let in, the one key does.
  assert {
    condition = alltrue([
      for statement in flatten(values(local.key_use)) : contains([for one in jsondecode(aws_kms_key.key["data"].policy).Statement : jsonencode(one)], jsonencode(statement))
    ])
    error_message = "The one key does not serve what is encrypted with it."
  }

  assert {
    condition     = module.observability.dashboard == null
    error_message = "A small footprint has a dashboard."
  }

  assert {
    condition     = !anytrue(concat(aws_apigatewayv2_stage.default.default_route_settings[*].detailed_metrics_enabled, aws_apigatewayv2_stage.default.route_settings[*].detailed_metrics_enabled))
    error_message = "Metrics of single routes are paid for."
  }

  # The alarms are those that the one that pages reads, and all of them.
  assert {
    condition = length(module.observability.alarms) > 5 && toset(values(module.observability.alarms)[*].alarm_name) == toset(flatten(
      regexall("ALARM\\(\"([^\"]+)\"\\)", module.observability.page.alarm_rule)
    ))
    error_message = "An alarm that pages is missing, or one that does not is paid for."
  }

  # The functions write the metrics that these alarms read, and no others.
  assert {
    condition = toset([
      for name, metric in jsondecode(file("../functions/metrics.json")).metrics : name if try(metric.pages, false)
      ]) == toset(flatten([for alarm in module.observability.alarms : [for query in alarm.metric_query : [
        for metric in query.metric : metric.metric_name if metric.namespace == "Contra"
    ]]]))
    error_message = "An alarm waits for a metric that no function writes, or a function writes one for nobody."
  }

  assert {
    condition     = alltrue([for function in aws_lambda_function.function : function.environment[0].variables["CONTRA_METRICS"] == "paging"])
    error_message = "A function writes metrics that nobody reads."
  }
}

# Of a workspace only its keys are made here: they are what remembers.

run "a_small_one_is_made" {
  command   = apply
  state_key = "small"

  variables {
    footprint      = "small"
    canary_minutes = 0
  }

  plan_options {
    target = [aws_kms_key.key]
  }
}

run "it_is_planned_again_as_it_is" {
  command   = plan
  state_key = "small"

  variables {
    footprint      = "small"
    canary_minutes = 0
  }

  plan_options {
    target = [aws_kms_key.key]
  }
}

run "it_never_becomes_full" {
  command   = plan
  state_key = "small"

  plan_options {
    target = [aws_kms_key.key]
  }

  expect_failures = [aws_kms_key.key]
}

run "a_full_one_is_made" {
  command   = apply
  state_key = "full"

  plan_options {
    target = [aws_kms_key.key]
  }
}

run "it_never_becomes_small" {
  command   = plan
  state_key = "full"

  variables {
    footprint      = "small"
    canary_minutes = 0
  }

  plan_options {
    target = [aws_kms_key.key]
  }

  expect_failures = [aws_kms_key.key]
}

run "a_canary_needs_a_full_one" {
  command = plan

  variables {
    footprint      = "small"
    canary_minutes = 5
  }

  plan_options {
    target = [aws_kms_key.key]
  }

  expect_failures = [var.footprint]
}
