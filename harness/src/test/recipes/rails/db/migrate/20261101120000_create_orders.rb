class CreateOrders < ActiveRecord::Migration[6.1]
  def change
    create_table :customers do |table|
      table.text :email, null: false, index: { unique: true }
    end
    create_table :orders do |table|
      table.references :customer, null: false, foreign_key: true
      table.decimal :amount, precision: 10, scale: 2, null: false
      table.text :status, null: false, default: "new"
    end
  end
end
