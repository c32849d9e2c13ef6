# What a payment costs, from what AWS counts while payments run: units of the tables and tasks of the machines, by the payments completed.

locals {
  # Dollars, us-east-1 (docs/capacity.md).
  unit_prices = { task = 25e-6, write = 0.625e-6, read = 0.125e-6 }

  # Every task that a machine runs, retries too, is a transition. A function that two machines share is counted once.
  tasks = distinct(flatten(values(local.invoked)))

  # A metric that only an expression reads, by its id.
  counted = merge(
    { for index, name in local.tasks : "task${index}" => ["AWS/Lambda", "Invocations", "FunctionName", aws_lambda_function.function[name].function_name] },
    { for index, name in keys(local.tables) : "write${index}" => ["AWS/DynamoDB", "ConsumedWriteCapacityUnits", "TableName", aws_dynamodb_table.table[name].name] },
    { for index, name in keys(local.tables) : "read${index}" => ["AWS/DynamoDB", "ConsumedReadCapacityUnits", "TableName", aws_dynamodb_table.table[name].name] },
    { "done" = [local.metrics.namespace, "PaymentsCompleted", "workspace", terraform.workspace] },
  )

  sums = { for unit in keys(local.unit_prices) : unit => "SUM([${join(", ", [for id in keys(local.counted) : id if startswith(id, unit)])}])" }

  hidden_lines = [for id, line in local.counted : concat(line, [{ id = id, visible = false }])]

  cost_charts = [
    { title = "One payment in units", stat = "Sum", lines = concat(local.hidden_lines, [
      for unit, sum in local.sums : [{ expression = "${sum} / done", label = "${unit}s" }]
    ]) },
    { title = "A million of them in dollars, tables and machines", stat = "Sum", lines = concat(local.hidden_lines, [
      [{ expression = "1000000 * (${join(" + ", [for unit, sum in local.sums : "${local.unit_prices[unit]} * ${sum}"])}) / done", label = "dollars" }],
    ]) },
  ]
}
