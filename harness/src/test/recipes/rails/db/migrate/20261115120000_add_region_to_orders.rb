class AddRegionToOrders < ActiveRecord::Migration[6.1]
  def change
    add_column :orders, :region, :text
  end
end
