CREATE TABLE `blobs` (
	`tenant_id` text NOT NULL,
	`key` text NOT NULL,
	`content_type` text NOT NULL,
	`sha256` text NOT NULL,
	`bytes` integer NOT NULL,
	`width` integer,
	`height` integer,
	`created_at` integer NOT NULL,
	`expires_at` integer,
	PRIMARY KEY(`tenant_id`, `key`)
);
--> statement-breakpoint
CREATE INDEX `blobs_expiry` ON `blobs` (`expires_at`);--> statement-breakpoint
CREATE TABLE `jobs` (
	`tenant_id` text NOT NULL,
	`id` text NOT NULL,
	`kind` text NOT NULL,
	`state` text DEFAULT 'QUEUED' NOT NULL,
	`version` integer DEFAULT 1 NOT NULL,
	`attempt` integer DEFAULT 0 NOT NULL,
	`sequence` integer DEFAULT 0 NOT NULL,
	`work` text NOT NULL,
	`step` integer DEFAULT 0 NOT NULL,
	`steps` integer DEFAULT 0 NOT NULL,
	`losses` text DEFAULT '[]' NOT NULL,
	`provider` text,
	`preview_key` text,
	`checkpoint_key` text,
	`checkpoint_step` integer,
	`delivered` text DEFAULT '{}' NOT NULL,
	`result_key` text,
	`style_id` text,
	`error` text,
	`webhook` text,
	`created_at` integer NOT NULL,
	`deadline_at` integer NOT NULL,
	`reported_at` integer,
	`started_at` integer,
	`finished_at` integer,
	PRIMARY KEY(`tenant_id`, `id`),
	FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `jobs_by_state` ON `jobs` (`tenant_id`,`state`,`id`);--> statement-breakpoint
CREATE INDEX `jobs_unfinished` ON `jobs` (`finished_at`,`deadline_at`);--> statement-breakpoint
CREATE TABLE `styles` (
	`tenant_id` text NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`job_id` text NOT NULL,
	`net_key` text NOT NULL,
	`painting_key` text NOT NULL,
	`thumbnail_key` text NOT NULL,
	`net_sha256` text NOT NULL,
	`traits` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `id`),
	FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `styles_of_job` ON `styles` (`tenant_id`,`job_id`);