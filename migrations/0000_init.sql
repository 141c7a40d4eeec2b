CREATE TABLE `api_keys` (
	`tenant_id` text NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`prefix` text NOT NULL,
	`secret_hash` text NOT NULL,
	`scopes` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer,
	PRIMARY KEY(`tenant_id`, `id`),
	FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `api_keys_name` ON `api_keys` (`tenant_id`,`name`);--> statement-breakpoint
CREATE TABLE `audit` (
	`tenant_id` text NOT NULL,
	`id` text NOT NULL,
	`key_id` text,
	`action` text NOT NULL,
	`target` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `id`)
);
--> statement-breakpoint
CREATE INDEX `audit_by_key` ON `audit` (`tenant_id`,`key_id`,`created_at`);--> statement-breakpoint
CREATE TABLE `collections` (
	`tenant_id` text NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`model_id` text NOT NULL,
	`head` integer DEFAULT 0 NOT NULL,
	`template_count` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `id`),
	FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "collections_full" CHECK("collections"."template_count" <= 100000)
);
--> statement-breakpoint
CREATE TABLE `erasures` (
	`tenant_id` text NOT NULL,
	`collection_id` text NOT NULL,
	`head` integer NOT NULL,
	`whole` integer NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `collection_id`)
);
--> statement-breakpoint
CREATE TABLE `gallery_log` (
	`tenant_id` text NOT NULL,
	`collection_id` text NOT NULL,
	`sequence` integer NOT NULL,
	`change` text NOT NULL,
	`template_id` text NOT NULL,
	`subject_id` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `collection_id`, `sequence`),
	FOREIGN KEY (`tenant_id`,`collection_id`) REFERENCES `collections`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `idempotency` (
	`tenant_id` text NOT NULL,
	`key` text NOT NULL,
	`fingerprint` text NOT NULL,
	`outcome` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `key`)
);
--> statement-breakpoint
CREATE INDEX `idempotency_age` ON `idempotency` (`created_at`);--> statement-breakpoint
CREATE TABLE `subjects` (
	`tenant_id` text NOT NULL,
	`id` text NOT NULL,
	`collection_id` text NOT NULL,
	`external_id` text,
	`name` text,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `id`),
	FOREIGN KEY (`tenant_id`,`collection_id`) REFERENCES `collections`(`tenant_id`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `subjects_in_collection` ON `subjects` (`tenant_id`,`collection_id`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `subjects_external_id` ON `subjects` (`tenant_id`,`collection_id`,`external_id`);--> statement-breakpoint
CREATE TABLE `templates` (
	`tenant_id` text NOT NULL,
	`id` text NOT NULL,
	`collection_id` text NOT NULL,
	`subject_id` text NOT NULL,
	`model_id` text NOT NULL,
	`vector` blob NOT NULL,
	`scale` real NOT NULL,
	`quality` real NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `id`),
	FOREIGN KEY (`tenant_id`,`collection_id`,`subject_id`) REFERENCES `subjects`(`tenant_id`,`collection_id`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `templates_of_subject` ON `templates` (`tenant_id`,`collection_id`,`subject_id`);--> statement-breakpoint
CREATE TABLE `tenants` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `tenants_name_unique` ON `tenants` (`name`);