require "rails"
require "active_record/railtie"

module Shop
  class Application < Rails::Application
    config.eager_load = false
    config.logger = Logger.new($stdout)
    config.active_record.dump_schema_after_migration = false
  end
end
