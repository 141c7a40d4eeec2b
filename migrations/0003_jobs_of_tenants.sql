ALTER TABLE `jobs` ADD `dispatch_error` text;--> statement-breakpoint
ALTER TABLE `jobs` ADD `webhook_error` text;--> statement-breakpoint
ALTER TABLE `jobs` ADD `webhook_settled_at` integer;--> statement-breakpoint
ALTER TABLE `jobs` ADD `quiet_until` integer;--> statement-breakpoint
CREATE INDEX `jobs_webhook_pending` ON `jobs` (`finished_at`) WHERE "jobs"."webhook" is not null and "jobs"."webhook_settled_at" is null;