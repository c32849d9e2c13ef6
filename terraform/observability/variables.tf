# What this module is given of the stack that it watches: names and ARNs, under the manifest's keys.
# It makes nothing that the stack needs to run, except the alarms that take a deploy back.

variable "prefix" {
  description = "What stands before every name of this workspace."
  type        = string
}

variable "region" {
  description = "AWS region of the charts."
  type        = string
}

variable "account_id" {
  description = "The account whose alarms may speak through the topics."
  type        = string
}

variable "alarm_arns" {
  description = "What the ARN of every alarm of this workspace begins with."
  type        = string
}

variable "topic_arns" {
  description = "ARN of each topic, composed before the topic exists. Keys are those of `subscriptions`."
  type        = map(string)
}

variable "key_arn" {
  description = "ARN of the key that encrypts what alarms say."
  type        = string
}

variable "functions" {
  description = "By function: its name in AWS, and what starts it (a request, a queue, a stream, or nothing but a machine)."
  type = map(object({
    name         = string
    answers      = bool
    reads_queue  = bool
    reads_stream = bool
    is_step      = bool
  }))
}

variable "alias" {
  description = "The alias by which callers reach every function."
  type        = string
}

variable "schedules" {
  description = "Name of the schedule of each function that runs by the clock. Alarms come after the schedules."
  type        = map(string)
}

variable "machines" {
  description = "By state machine: its ARN, and the functions that its versions invoke."
  type = map(object({
    arn     = string
    invokes = set(string)
  }))
}

variable "tables" {
  description = "By table: its name in AWS, and its indexes."
  type = map(object({
    name    = string
    indexes = list(string)
  }))
}

variable "queues" {
  description = "By queue: its name in AWS, the name of its dead letters (or null), and whether it feeds a function."
  type = map(object({
    name         = string
    dead_letters = string
    consumed     = bool
  }))
}

variable "stream_failures" {
  description = "The queue that holds the records on which a stream's consumer gave up."
  type        = string
}

variable "api_id" {
  description = "Id of the HTTP API."
  type        = string
}

variable "log_groups" {
  description = "Names of all log groups, for the saved queries."
  type        = list(string)
}

variable "thresholds" {
  description = "From where on an alarm rings: `alarm_thresholds` of the root, which has the defaults and the bounds."
  type        = map(number)
}

variable "subscriptions" {
  description = "Who hears of each topic: `alarm_subscriptions` of the root."
  type        = map(list(object({ protocol = string, endpoint = string })))
}

variable "runbook_url" {
  description = "Where people read the runbook; an alarm links to its chapter."
  type        = string
}

variable "saved_queries" {
  description = "Whether the queries over the logs are saved."
  type        = bool
}

variable "only_pages" {
  description = "Whether of all that watches nothing is made but the alarms that page."
  type        = bool
}

variable "guards_deploys" {
  description = "Whether alarms that take a deploy back are made."
  type        = bool
}
