CREATE TABLE `applied` (
	`id` integer PRIMARY KEY NOT NULL,
	`sequence` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `rows` (
	`position` integer PRIMARY KEY NOT NULL,
	`template_id` text NOT NULL,
	`subject_id` text NOT NULL,
	`scale` real NOT NULL,
	`vector` blob NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `rows_template_id_unique` ON `rows` (`template_id`);