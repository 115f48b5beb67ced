/** ServiceCIDRs and the IPAddresses that Services hold in them (KEP-1880). */
package dev.fairway.controllers.servicecidr;
