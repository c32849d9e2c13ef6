# The metrics of a payment's life: functions/metrics.json is the list, the functions write them into
# their logs, and CloudWatch makes metrics of them. Each stands once for the whole workspace and,
# where it has dimensions, once per combination of these.

locals {
  metrics = jsondecode(file("${path.module}/../../functions/metrics.json"))

  # The whole workspace's, ready for an alarm.
  measured = {
    for name, metric in local.metrics.metrics : name => {
      namespace  = local.metrics.namespace
      name       = name
      dimensions = { workspace = terraform.workspace }
      stat       = metric.unit == "Count" ? "Sum" : "Maximum"
    }
  }

  # One line of a chart per combination of the metric's own dimensions; `%s` is the statistic.
  searches = {
    for name, metric in local.metrics.metrics : name => join(" ", [
      "SEARCH('{${join(",", concat([local.metrics.namespace, "workspace"], metric.dimensions))}}",
      "MetricName=\"${name}\" workspace=\"${terraform.workspace}\"', '%s', 60)",
    ])
  }
}
