# The dashboard and the saved queries: every metric of a payment's life can be seen, and every log
# can be asked.

mock_provider "aws" {
  source          = "./tests/aws"
  override_during = plan
}

run "every_metric_is_shown_and_every_log_can_be_asked" {
  command = plan

  # The dashboard shows every metric.

  assert {
    condition = alltrue([
      for name in keys(jsondecode(file("../functions/metrics.json")).metrics) : strcontains(module.observability.dashboard.dashboard_body, "MetricName=\\\"${name}\\\"")
    ])
    error_message = "A metric is written, paid for and shown nowhere."
  }

  assert {
    condition = alltrue(flatten([
      for widget in jsondecode(module.observability.dashboard.dashboard_body).widgets : [
        widget.x + widget.width <= 24, try(length(widget.properties.metrics), length(try(widget.properties.alarms, []))) > 0,
      ]
    ]))
    error_message = "A chart stands outside the page, or is empty."
  }

  assert {
    condition = alltrue([
      for name in concat(keys(local.manifest.functions), keys(local.manifest.tables)) : strcontains(module.observability.dashboard.dashboard_body, "\"${terraform.workspace}-${name}\"")
    ])
    error_message = "A function or a table is shown nowhere."
  }

  assert {
    condition = length(distinct([
      for widget in jsondecode(module.observability.dashboard.dashboard_body).widgets : "${widget.x} ${widget.y}"
    ])) == length(jsondecode(module.observability.dashboard.dashboard_body).widgets)
    error_message = "Two charts stand in one place."
  }

  # Every log can be asked.

  assert {
    condition = length(module.observability.queries) > 0 && alltrue([
      for query in module.observability.queries : toset(query.log_group_names) == toset(concat(
        [for name in keys(local.manifest.functions) : "/aws/lambda/${terraform.workspace}-${name}"],
        [for name in keys(local.machines) : "/aws/vendedlogs/states/${terraform.workspace}-${name}"],
        [for name in ["http", "sandbox"] : "/aws/vendedlogs/http-api/${terraform.workspace}-${name}"],
      ))
    ])
    error_message = "A query misses a log."
  }

  # With JSON logs Lambda's own lines are JSON too: the fields of plain ones are in none of them.
  assert {
    condition = alltrue([for function in aws_lambda_function.function : function.logging_config[0].log_format == "JSON"]) && alltrue([
      for query in module.observability.queries : !can(regex("@(type|duration|initDuration|billedDuration|maxMemoryUsed|memorySize)", query.query_string))
    ]) && can(regex("type = \"platform.report\"[^$]*record.metrics.durationMs", module.observability.queries["slow-steps"].query_string))
    error_message = "A query asks for a field that no line has, and finds nothing for ever."
  }
}
