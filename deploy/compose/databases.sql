-- A database for each service: they share nothing.
CREATE DATABASE inventory;
CREATE DATABASE planner;
CREATE DATABASE notifier;
CREATE DATABASE auditor;
